"""Loop guards through the visitors' own door: what the bot does instead of repeating itself."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from django.contrib.auth.models import User
from pytest_django.fixtures import Settings

from chatbot.conversations import handover
from chatbot.conversations.events import Draft
from chatbot.conversations.models import Exchange, Sender, Site
from chatbot.conversations.outcome import Outcome
from chatbot.conversations.reasons import build_stored_situation, explain_exchange, get_evaluator
from llm_bridge.models import Article
from rules.decision import decide
from tests.chatbot.conftest import UseModel
from tests.chatbot.fake_hook import FakeHook
from tests.chatbot.invariants import check_log
from tests.conftest import RULEBOOK, publish
from tests.server import Server

ORDER = "where is my order AB-12345{}"
DESCALE = "how do I descale a kettle?"


def get_exchange(answer: dict[str, Any]) -> Exchange:
    return Exchange.objects.get(pk=answer["exchange"])


def test_a_rule_answers_twice_in_a_row_and_then_the_model_does(
    server: Server, use_model: UseModel
) -> None:
    use_model("ok")
    with server.chat() as visitor:
        answers = [visitor.ask(ORDER.format(number)) for number in range(6)]
    assert [answer["source"] for answer in answers] == ["rule", "rule", "llm"] * 2
    exchange = get_exchange(answers[2])
    assert (exchange.reason, exchange.rule) == ("loop:same_rule", "")
    assert (exchange.facts["last_rule"], exchange.facts["last_rule_run"]) == ("order_status", 2)
    check_log(visitor.welcome["conversation"])


def test_the_same_words_twice_in_a_row_become_a_models(server: Server, use_model: UseModel) -> None:
    use_model("ok")
    with server.chat() as visitor:
        answers = [visitor.ask(ORDER.format(1)) for _ in range(3)]
    assert [answer["source"] for answer in answers] == ["rule", "llm", "rule"]
    assert get_exchange(answers[1]).reason == "loop:same_answer"


def test_without_a_model_a_person_takes_over_from_a_loop(server: Server) -> None:
    with server.chat() as visitor:
        visitor.ask(ORDER.format(1))
        answer = visitor.ask(ORDER.format(1))
        assert visitor.read_event()["status"] == "queued"
    assert answer["source"] == "fallback"
    assert get_exchange(answer).handoff_reason == "missing_knowledge"


def test_a_sealed_intent_goes_to_a_person_and_not_to_the_model(
    server: Server, site: Site, use_model: UseModel
) -> None:
    use_model("ok")
    rule = "  - {name: paid, when: {intent: payment}, then: [{reply: Try again.}]}\n"
    publish(site, RULEBOOK + rule)
    with server.chat() as visitor:
        assert visitor.ask("payment failed")["source"] == "rule"
        answer = visitor.ask("payment failed")
    assert answer["source"] == "fallback"
    exchange = get_exchange(answer)
    assert (exchange.reason, exchange.handoff_reason) == (
        "loop:same_answer",
        "policy_restriction",
    )


def test_a_question_may_be_put_again(server: Server) -> None:
    with server.chat() as visitor:
        first, second = visitor.ask("where is my order"), visitor.ask("I do not know")
    assert first["text"] == second["text"] == "What is your order number?"


def test_after_a_person_a_rule_may_say_its_words_again(server: Server, agent: User) -> None:
    with server.http() as http:
        opened = http.post("/api/v1/conversations", json={"site": "default"}).json()
    with server.http(opened["token"]) as http:
        before = ask_by_http(http, opened["id"])
        conversation_id = UUID(opened["id"])
        handover.reply(conversation_id=conversation_id, user=agent, text="Hi", token=uuid4())
        handover.hand_back(conversation_id=conversation_id, user=agent)
        after = ask_by_http(http, opened["id"])
    assert (after["source"], after["text"]) == ("rule", before["text"])


def ask_by_http(http: httpx.Client, conversation_id: str) -> dict[str, Any]:
    message = {"client_id": str(uuid4()), "text": ORDER.format(1)}
    response = http.post(f"/api/v1/conversations/{conversation_id}/messages", json=message)
    answer: dict[str, Any] = response.json()["answer"]
    return answer


def test_an_article_is_not_quoted_twice_in_a_row(server: Server, article: Article) -> None:
    with server.chat() as visitor:
        sources = [visitor.ask(text)["source"] for text in (DESCALE, ORDER.format(1), DESCALE)]
        again = visitor.ask(DESCALE)
    assert sources == ["knowledge", "rule", "knowledge"]
    assert again["source"] == "fallback"
    assert [each["used"] for each in get_exchange(again).sources] == [False]


CALLING = """
rulebook: 1
intents: {{stock: {{phrases: [in stock]}}}}
webhooks: {{look: {{url: '{url}', public: true}}}}
rules:
  - {{name: ask_stock, when: {{intent: stock}}, then: [{{call: look}}]}}
  - {{name: tell, when: {{fact: call.look.status, known: true}}, then: [{{reply: Yes.}}]}}
"""


def test_what_webhooks_lead_to_is_not_repeated_either(
    server: Server, site: Site, settings: Settings
) -> None:
    with FakeHook() as hook:
        settings.WEBHOOK_PRIVATE_HOSTS = (hook.host,)
        publish(site, CALLING.format(url=hook.build_url("ok")))
        with server.chat() as visitor:
            assert visitor.ask("in stock?")["text"] == "Yes."
            answer = visitor.ask("in stock?")
        assert len(hook.requests) == 2
    assert answer["source"] == "fallback"
    exchange = get_exchange(answer)
    assert (exchange.reason, exchange.rule) == ("loop:same_answer", "")
    assert decide(get_evaluator(exchange), build_stored_situation(exchange)).reason == (
        "loop:same_answer"
    )


def test_the_reason_says_which_rule_was_not_heard(server: Server) -> None:
    with server.chat() as visitor:
        visitor.ask(ORDER.format(1))
        explanation = explain_exchange(get_exchange(visitor.ask(ORDER.format(1))))
    assert explanation is not None
    assert explanation.set_aside == "order_status"
    assert explanation.notes == (
        "order_status held, but it would say the last answer again, word for word.",
    )


def test_the_bot_says_at_most_three_messages_to_one_of_the_visitor() -> None:
    notice = Draft(sender=Sender.BOT, text="One moment.")
    assert len(Outcome(notices=(notice,) * 2).notices) == 2
    with pytest.raises(ValueError, match="at most 3 messages"):
        Outcome(notices=(notice,) * 3)
