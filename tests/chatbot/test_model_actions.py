"""What a model wants to happen, and what visitors and staff see of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from chatbot.conversations.identity import sign_identity
from chatbot.conversations.models import Exchange, HandoffReason, Site
from llm_bridge.answers.typed import REASONS
from llm_bridge.models import Article
from tests.chatbot.conftest import UseModel
from tests.chatbot.fake_hook import FakeHook
from tests.conftest import publish
from tests.llm_bridge.fake_modes import ANSWER
from tests.llm_bridge.fake_provider import FakeProvider
from tests.server import Server

UNCOVERED = "do you sell tea towels?"
DESCALING = "how do I descale my kettle?"
RULES = """
rulebook: 1
entities:
  order_number: {{pattern: '[A-Z]{{2}}-?\\d{{6}}'}}
webhooks:
  lookup:
    url: {url}
    send: [slot.order_number, language]
    public: {public}
    tool: {{describe: State and carrier of an order, read_only: true}}
  refund: {{url: '{url}', public: true, send: [slot.order_number]}}
"""


@pytest.fixture
def hook(site: Site, settings: Settings) -> Iterator[FakeHook]:
    with FakeHook() as hook:
        settings.WEBHOOK_PRIVATE_HOSTS = (hook.host,)
        yield hook


def use_tools(site: Site, hook: FakeHook, *, path: str = "ok", public: bool = True) -> None:
    publish(site, RULES.format(url=hook.build_url(path), public=str(public).lower()))


def get_offered(provider: FakeProvider) -> list[str]:
    tools = provider.completions[0].body.get("tools", [])
    return [tool["function"]["name"] for tool in tools]


def get_looked_up() -> dict[str, Any]:
    [found] = [each for each in Exchange.objects.get().sources if each.get("kind") == "tool"]
    return dict(found)


def test_a_model_that_hands_over_shows_the_handover_line_and_its_reason(
    server: Server, use_model: UseModel, site: Site
) -> None:
    use_model("typed-handoff")
    with server.chat() as visitor:
        visitor.say(UNCOVERED)
        visitor.read_event()
        answer = visitor.read_event()  # no delta comes before it
        assert visitor.read_event()["status"] == "queued"
    assert (answer["sender"], answer["source"]) == ("system", "llm")
    assert answer["text"] in {site.handover_line, site.away_line}
    exchange = Exchange.objects.get()
    assert (exchange.action, exchange.failure) == ("handoff", "")
    assert exchange.handoff_reason == "customer_request"
    assert exchange.model_call is not None


def test_every_reason_of_a_model_is_one_of_a_handover() -> None:
    assert set(REASONS) <= set(HandoffReason.values)


def test_the_handover_replaces_what_was_shown_before_it(
    server: Server, use_model: UseModel, site: Site
) -> None:
    use_model("handoff-afterwards")
    with server.chat() as visitor:
        visitor.say(UNCOVERED)
        visitor.read_event()
        assert visitor.read()["type"] == "delta"
        assert visitor.read_event()["text"] in {site.handover_line, site.away_line}
    assert Exchange.objects.get().handoff_reason == "missing_knowledge"


def test_a_question_back_is_shown_and_the_second_in_a_row_leads_to_a_person(
    server: Server, use_model: UseModel
) -> None:
    use_model("typed-clarify")
    with server.chat() as visitor:
        first = visitor.ask(UNCOVERED)
        assert (first["text"], first["source"]) == ("Which one do you mean?", "llm")
        second = visitor.ask("the blue ones")
        assert visitor.read_event()["status"] == "queued"
    assert second["sender"] == "system"
    actions = Exchange.objects.order_by("question_seq").values_list("action", "handoff_reason")
    assert list(actions) == [("clarify", ""), ("clarify", "pending_clarification")]


def test_a_question_back_may_follow_an_answer_that_filled_a_slot(
    server: Server, use_model: UseModel
) -> None:
    use_model("typed-clarify")
    with server.chat() as visitor:
        visitor.ask(UNCOVERED)
        assert visitor.ask("it was AB-123456")["source"] == "llm"


def test_a_question_back_may_follow_an_answer_of_a_rule(
    server: Server, use_model: UseModel
) -> None:
    use_model("typed-clarify")
    with server.chat() as visitor:
        visitor.ask(UNCOVERED)
        assert visitor.ask("where is my order AB-123456")["source"] == "rule"
        assert visitor.ask("and the towels?")["text"] == "Which one do you mean?"


@pytest.mark.parametrize(("mode", "used"), [("typed", True), ("ok", None)])
def test_the_exchange_keeps_whether_the_model_says_it_used_an_article(
    server: Server, use_model: UseModel, article: Article, mode: str, used: bool | None
) -> None:
    use_model(mode)
    with server.chat() as visitor:
        answer = visitor.ask(DESCALING)
    assert answer["text"] == ANSWER
    assert [source["title"] for source in answer["sources"]] == [article.title]
    assert [source["used"] for source in Exchange.objects.get().sources] == [used]


def test_an_article_that_the_model_did_not_use_is_not_shown_but_kept(
    server: Server, use_model: UseModel, article: Article
) -> None:
    use_model("typed-clarify")
    with server.chat() as visitor:
        assert visitor.ask(DESCALING)["sources"] == []
    assert [source["used"] for source in Exchange.objects.get().sources] == [False]


def test_the_model_looks_up_what_the_slots_of_the_conversation_say(
    server: Server, use_model: UseModel, provider: FakeProvider, site: Site, hook: FakeHook
) -> None:
    use_tools(site, hook)
    use_model("tools")
    with server.chat() as visitor:
        answer = visitor.ask("what about AB-123456?")
    assert get_offered(provider) == ["lookup"]
    [asked] = hook.requests
    assert asked.body["facts"] == {"slot.order_number": "AB-123456", "language": "en"}
    assert asked.is_signed(site.webhook_secret)
    assert '"carrier": "DHL"' in answer["text"]
    assert answer["sources"] == []
    found = get_looked_up()
    assert (found["title"], found["used"]) == ("lookup", True)
    assert '"status": "shipped"' in found["text"]


def test_without_its_slot_nothing_is_called_and_the_model_is_told_what_to_ask(
    server: Server, use_model: UseModel, provider: FakeProvider, site: Site, hook: FakeHook
) -> None:
    use_tools(site, hook)
    use_model("tools")
    with server.chat() as visitor:
        assert "order_number" in visitor.ask("what about my order?")["text"]
    assert hook.requests == []
    assert get_looked_up()["missing"] == ["order_number"]


def test_a_webhook_that_fails_is_told_to_the_model_and_kept(
    server: Server, use_model: UseModel, site: Site, hook: FakeHook
) -> None:
    use_tools(site, hook, path="error")
    use_model("tools")
    with server.chat() as visitor:
        assert "status_500" in visitor.ask("what about AB-123456?")["text"]
    assert get_looked_up()["error"] == "status_500"


def test_a_stranger_is_not_looked_up_where_a_webhook_is_not_public(
    server: Server, use_model: UseModel, provider: FakeProvider, site: Site, hook: FakeHook
) -> None:
    use_tools(site, hook, public=False)
    use_model("tools")
    with server.chat() as stranger:
        assert stranger.ask("what about AB-123456?")["text"] == "No tools."
    assert hook.requests == []
    fields: dict[str, str | float] = {
        "id": "42",
        "expires": (timezone.now() + timedelta(minutes=5)).timestamp(),
    }
    signature = sign_identity(fields=fields, secret=site.identity_secret)
    with server.chat(identity={**fields, "signature": signature}) as customer:
        assert "DHL" in customer.ask("what about AB-123456?")["text"]
    assert hook.requests[0].body["visitor"] == {"id": "42"}
