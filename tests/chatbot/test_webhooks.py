"""Webhooks: asked once stored, signed and bounded, and their answers decide on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from pytest_django.fixtures import Settings

from chatbot.conversations import escalation
from chatbot.conversations.identity import sign_identity
from chatbot.conversations.models import Conversation, Event, Exchange, Site
from chatbot.conversations.reasons import build_stored_situation, get_evaluator
from chatbot.conversations.resumption import MAX_ATTEMPTS
from chatbot.conversations.state import parse_state
from rules import releases
from rules.decision import decide
from rules.models import Pause
from tests.chatbot.conftest import UseModel
from tests.chatbot.fake_hook import FakeHook
from tests.chatbot.staff import Staff
from tests.conftest import publish
from tests.server import Server

RULES = """
rulebook: 1
entities:
  order_number: {{pattern: '[A-Z]{{2}}-?\\d{{6}}'}}
intents:
  track: {{phrases: [where is my order]}}
  cancel: {{phrases: [cancel it]}}
  bye: {{phrases: [goodbye]}}
  mean: {{phrases: [i mean]}}
webhooks:
  lookup:
    url: {url}
    send: [slot.order_number, language]
    timeout: {seconds}
    public: {public}
  refund: {{url: '{url}', public: true, send: [slot.order_number, call.lookup.status]}}
rules:
  - name: look_up
    when: {{all: [{{intent: track}}, {{slot: order_number, known: true}}]}}
    then:
      - {{set: {{looked_up: true}}}}
      - {{tag: tracking}}
      - {{reply: 'I looked.'}}
      - {{call: lookup}}
  - name: ask_number
    when: {{intent: track}}
    then: [{{ask: order_number, prompt: 'Which order?', retries: 1}}]
  - name: shipped
    when: {{all: [{{intent: track}}, {{fact: call.lookup.status, is: shipped}}]}}
    priority: 1
    then:
      - {{reply: 'With {{call.lookup.carrier}}: {{call.lookup.parcel.items}}.'}}
      - {{set: {{carrier: '{{call.lookup.carrier}}'}}}}
  - name: lost
    when: {{all: [{{intent: track}}, {{fact: call.lookup.status, is: lost}}]}}
    priority: 1
    then: [{{handoff: losses}}]
  - name: failed
    when: {{all: [{{intent: track}}, {{fact: call.lookup.ok, is: false}}]}}
    priority: 1
    then: [{{reply: 'Failed: {{call.lookup.error}}.'}}]
  - name: look_up_first
    when: {{all: [{{intent: cancel}}, {{slot: order_number, known: true}}]}}
    priority: 3
    then: [{{call: lookup}}]
  - name: refund_then
    when: {{all: [{{intent: cancel}}, {{fact: call.lookup.status, known: true}}]}}
    then: [{{call: refund}}]
  - name: refunded
    when: {{all: [{{intent: cancel}}, {{fact: call.refund.ok, is: true}}]}}
    priority: 2
    then: [{{reply: 'Refunded.'}}, {{close: true}}]
  - {{name: noted, when: {{intent: mean}}, then: [{{reply: Noted.}}]}}
  - {{name: farewell, when: {{intent: bye}}, then: [{{reply: Goodbye!}}, {{close: true}}]}}
"""
QUESTION = "where is my order AB-123456"

Use = Callable[..., None]


@pytest.fixture
def hook() -> Iterator[FakeHook]:
    with FakeHook() as hook:
        yield hook


@pytest.fixture
def use(hook: FakeHook, site: Site, settings: Settings) -> Use:
    """Makes the hook's path (or another address) the webhook of the live rules."""
    settings.WEBHOOK_PRIVATE_HOSTS = (hook.host,)

    def use(path: str = "ok", *, url: str = "", seconds: float = 5, public: bool = True) -> None:
        url = url or hook.build_url(path)
        publish(site, RULES.format(url=url, seconds=seconds, public=str(public).lower()))

    return use


def get_state() -> Any:
    return parse_state(Conversation.objects.get().state)


def assert_replays(exchange: Exchange) -> None:
    """Deciding again by what is stored gives what was logged."""
    decision = decide(get_evaluator(exchange), build_stored_situation(exchange))
    assert decision.call is None
    assert (decision.rule or "", decision.reason) == (exchange.rule, exchange.reason)
    if exchange.source == "rule" and decision.reply:
        answer = Event.objects.get(exchange=exchange, sender="bot")
        assert answer.text == decision.reply


def test_the_answer_of_a_webhook_decides_the_answer(server: Server, use: Use) -> None:
    use()
    with server.chat() as visitor:
        answer = visitor.ask(QUESTION)
    assert answer["text"] == "I looked.\n\nWith DHL: kettle, toaster."
    assert (answer["source"], answer["sender"], answer["seq"]) == ("rule", "bot", 2)
    exchange = Exchange.objects.get()
    assert (exchange.rule, exchange.reason, exchange.state) == ("shipped", "matched", "answered")
    state = get_state()
    assert state.slots == {"order_number": "AB-123456", "looked_up": True, "carrier": "DHL"}
    assert (state.tags, state.last["last_rule"]) == (("tracking",), "shipped")
    assert_replays(exchange)


def test_a_webhook_is_told_what_it_is_sent_and_by_whom(
    server: Server, use: Use, hook: FakeHook, site: Site
) -> None:
    use()
    with server.chat() as visitor:
        answer = visitor.ask(QUESTION)
    [asked] = hook.requests
    assert asked.body == {
        "conversation": visitor.welcome["conversation"],
        "exchange": answer["exchange"],
        "webhook": "lookup",
        "facts": {"slot.order_number": "AB-123456", "language": "en"},
        "visitor": None,
    }
    site.refresh_from_db()
    assert asked.is_signed(site.webhook_secret)
    assert not asked.is_signed("whsec_" + "A" * 44)
    assert abs(int(asked.headers["webhook-timestamp"]) - timezone.now().timestamp()) < 60


def test_one_webhook_may_lead_to_another(server: Server, use: Use, hook: FakeHook) -> None:
    use()
    with server.chat() as visitor:
        answer = visitor.ask("cancel it AB-123456")
        assert visitor.read_event()["status"] == "closed"
    assert answer["text"] == "Refunded."
    assert [asked.body["webhook"] for asked in hook.requests] == ["lookup", "refund"]
    assert hook.requests[1].body["facts"]["call.lookup.status"] == "shipped"
    ids = {asked.headers["webhook-id"] for asked in hook.requests}
    assert len(ids) == 2
    assert_replays(Exchange.objects.get())


FAILURES = {
    "hang": "timeout",
    "error": "status_500",
    "redirect": "status_302",
    "text": "not_json",
    "list": "not_json",
    "nothing": "not_json",
    "huge": "too_large",
}


@pytest.mark.parametrize(("path", "code"), FAILURES.items())
def test_a_webhook_that_fails_is_a_fact(
    server: Server, use: Use, hook: FakeHook, path: str, code: str
) -> None:
    use(path, seconds=0.3 if path == "hang" else 5)
    with server.chat() as visitor:
        answer = visitor.ask(QUESTION)
    assert answer["text"] == f"I looked.\n\nFailed: {code.replace('_', chr(92) + '_')}."
    exchange = Exchange.objects.get()
    assert exchange.answers[0]["facts"] == {"ok": False, "error": code}
    assert len(hook.requests) == 1
    assert_replays(exchange)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://127.0.0.1:1/", "not_https"),
        ("https://127.0.0.1:1/", "private_address"),
        ("https://localhost:1/", "private_address"),
        ("https://[::ffff:127.0.0.1]:1/", "private_address"),
        ("https://[::1]/", "private_address"),
        ("https://169.254.169.254/latest/meta-data", "private_address"),
        ("https://10.1.2.3/", "private_address"),
        ("https://nobody.invalid/", "unreachable"),
    ],
)
def test_private_addresses_are_not_called(server: Server, use: Use, url: str, code: str) -> None:
    use(url=url)
    with server.chat() as visitor:
        visitor.ask(QUESTION)
    assert Exchange.objects.get().answers[0]["facts"]["error"] == code


def test_a_path_alone_leads_to_the_server_that_firstline_is_reached_at(
    server: Server, use: Use, hook: FakeHook, settings: Settings
) -> None:
    settings.OWN_URL = f"http://{hook.host}"
    use(url="/ok")
    with server.chat() as visitor:
        assert visitor.ask(QUESTION)["text"] == "I looked.\n\nWith DHL: kettle, toaster."
    assert len(hook.requests) == 1


def test_a_port_where_nobody_listens_refuses(server: Server, use: Use, settings: Settings) -> None:
    settings.WEBHOOK_PRIVATE_HOSTS = ("127.0.0.1",)
    use(url="http://127.0.0.1:1/")
    with server.chat() as visitor:
        visitor.ask(QUESTION)
    assert Exchange.objects.get().answers[0]["facts"]["error"] == "refused"


def test_without_a_verified_identity_only_public_webhooks_are_called(
    server: Server, use: Use, hook: FakeHook, site: Site
) -> None:
    use(public=False)
    with server.chat() as stranger:
        assert "no\\_identity" in stranger.ask(QUESTION)["text"]
    assert hook.requests == []
    fields: dict[str, str | float] = {
        "id": "42",
        "expires": (timezone.now() + timedelta(minutes=5)).timestamp(),
    }
    signature = sign_identity(fields=fields, secret=site.identity_secret)
    with server.chat(identity={**fields, "signature": signature}) as customer:
        assert "DHL" in customer.ask(QUESTION)["text"]
    assert hook.requests[0].body["visitor"] == {"id": "42"}


def test_a_handover_after_a_call_reaches_its_queue(
    server: Server, use: Use, hook: FakeHook
) -> None:
    use()
    hook.answer = {"status": "lost"}
    with server.chat() as visitor:
        answer = visitor.ask(QUESTION)
        assert visitor.read_event()["status"] == "queued"
    assert answer["source"] == "rule"
    assert Conversation.objects.get().queue == "losses"


def test_when_no_rule_knows_the_answer_the_model_does(
    server: Server, use: Use, hook: FakeHook, use_model: UseModel
) -> None:
    use_model("ok")
    use()
    hook.answer = {"status": "unheard of"}
    with server.chat() as visitor:
        visitor.say(QUESTION)
        question, notice, answer = (visitor.read_event() for _ in range(3))
    assert (notice["text"], notice["exchange"]) == ("I looked.", None)
    assert (answer["source"], answer["exchange"]) == ("llm", question["exchange"])
    exchange = Exchange.objects.get()
    assert (exchange.reason, exchange.rule) == ("no_match", "")
    assert_replays(exchange)


def test_the_question_is_acknowledged_before_the_webhook_answers(
    server: Server, use: Use, hook: FakeHook
) -> None:
    use("wait")
    with server.chat() as visitor, server.chat() as other:
        visitor.say(QUESTION)
        assert visitor.read_event()["sender"] == "visitor"
        assert hook.wait_for(1)
        exchange = Exchange.objects.get()
        assert (exchange.state, exchange.reason) == ("pending", "calling")
        assert other.ask("goodbye")["text"] == "Goodbye!"
        hook.open.set()
        assert "DHL" in visitor.read_event()["text"]


def test_a_person_who_takes_over_during_a_call_ends_it(
    server: Server, use: Use, hook: FakeHook, agent: User
) -> None:
    use("wait")
    with server.chat() as visitor, Staff(server.url, agent) as anna:
        visitor.say(QUESTION)
        question = visitor.read_event()
        assert hook.wait_for(1)
        anna.claim(visitor.welcome["conversation"])
        status = visitor.read_event()
        assert (status["status"], status["discarded"]) == ("agent", [question["exchange"]])
        hook.open.set()
        anna.reply(visitor.welcome["conversation"], "This is Anna.")
        assert visitor.read_event()["text"] == "This is Anna."
    assert Exchange.objects.get().state == "discarded"
    assert not Event.objects.filter(sender="bot").exists()


def test_what_is_said_during_a_call_is_never_overwritten_by_it(
    server: Server, use: Use, hook: FakeHook
) -> None:
    use("wait")
    with server.chat() as visitor:
        visitor.say(QUESTION)
        visitor.read_event()
        assert hook.wait_for(1)
        assert visitor.ask("I mean AB-999999")["text"] == "Noted."
        assert get_state().slots == {"order_number": "AB-999999", "looked_up": True}
        hook.open.set()
        assert "DHL" in visitor.read_event()["text"]
    assert get_state().slots == {
        "order_number": "AB-999999",
        "looked_up": True,
        "carrier": "DHL",
    }
    assert get_state().last["last_rule"] == "shipped"
    assert_replays(Exchange.objects.get(rule="shipped"))


def test_two_questions_during_one_call_each_get_their_answer(
    server: Server, use: Use, hook: FakeHook
) -> None:
    use("wait")
    with server.chat() as visitor:
        visitor.say(QUESTION)
        first = visitor.read_event()
        assert hook.wait_for(1)
        visitor.say("where is my order AB-999999")
        second = visitor.read_event()
        assert hook.wait_for(2)
        hook.open.set()
        answers = [visitor.read_event(), visitor.read_event()]
    assert {answer["exchange"] for answer in answers} == {first["exchange"], second["exchange"]}
    assert [asked.body["facts"]["slot.order_number"] for asked in hook.requests] == [
        "AB-123456",
        "AB-999999",
    ]
    assert get_state().slots["order_number"] == "AB-999999"
    for exchange in Exchange.objects.all():
        assert_replays(exchange)


def test_a_call_that_was_made_is_not_made_again_when_the_conversation_moved(
    server: Server, use: Use, hook: FakeHook
) -> None:
    use("wait")
    with server.chat() as visitor:
        visitor.say(QUESTION)
        visitor.read_event()
        assert hook.wait_for(1)
        visitor.say("where is my order")
        visitor.read_event()
        assert hook.wait_for(2)
        hook.open.set()
        assert {visitor.read_event()["text"] for _ in range(2)} == {
            "I looked.\n\nWith DHL: kettle, toaster."
        }
    assert len(hook.requests) == 2


def leave_unfinished(dying: Server, hook: FakeHook) -> UUID:
    """A question whose process died between the call and its record: its lease has lapsed."""
    with dying, dying.chat() as visitor:
        visitor.say(QUESTION)
        exchange_id = UUID(visitor.read_event()["exchange"])
        assert hook.wait_for(1)
    past = timezone.now() - timedelta(seconds=1)
    assert Exchange.objects.filter(pk=exchange_id, state="pending").update(leased_until=past)
    return exchange_id


def test_a_call_that_a_dead_process_left_is_made_again_under_the_same_id(
    use: Use, hook: FakeHook
) -> None:
    use("wait")
    exchange_id = leave_unfinished(Server(), hook)
    hook.open.set()
    asyncio.run(escalation.answer(exchange_id))
    asyncio.run(escalation.answer(exchange_id))
    ids = [asked.headers["webhook-id"] for asked in hook.requests]
    assert len(ids) == 2
    assert ids[0] == ids[1]
    assert list(Event.objects.values_list("sender", flat=True)) == ["visitor", "bot"]
    assert Exchange.objects.get().rule == "shipped"


def test_a_call_that_kills_its_process_again_and_again_is_given_up(
    use: Use, hook: FakeHook
) -> None:
    use("wait")
    exchange_id = leave_unfinished(Server(), hook)
    Exchange.objects.update(attempts=MAX_ATTEMPTS)
    asyncio.run(escalation.answer(exchange_id))
    assert len(hook.requests) == 1
    assert Exchange.objects.get().answers[0]["facts"]["error"] == "not_called"
    assert "not\\_called" in Event.objects.get(sender="bot").text


def test_while_the_bot_is_paused_no_answer_of_a_webhook_is_given(
    server: Server, use: Use, hook: FakeHook, site: Site
) -> None:
    use("wait")
    with server.chat() as visitor:
        visitor.say(QUESTION)
        visitor.read_event()
        assert hook.wait_for(1)
        releases.pause(
            rulebook=site.rulebook, kind=Pause.Kind.BOT, rule="", reason="wrong", author=None
        )
        hook.open.set()
        assert visitor.read_event()["source"] == "fallback"
        assert visitor.read_event()["status"] == "queued"
    exchange = Exchange.objects.get()
    assert (exchange.reason, exchange.handoff_reason) == ("bot_paused", "policy_restriction")
