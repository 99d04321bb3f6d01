"""Stopping it now: a paused rule, model or bot says nothing more, and a person always answers."""

from __future__ import annotations

import pytest

from chatbot.conversations.models import Exchange, Site
from chatbot.conversations.reasons import explain_exchange
from llm_bridge.models import Article
from rules import releases
from rules.models import Pause
from tests.chatbot.conftest import UseModel
from tests.llm_bridge.fake_provider import FakeProvider
from tests.server import Server

ORDER = "where is my order AB-123456"


def pause(site: Site, kind: str, rule: str = "") -> Pause:
    return releases.pause(
        rulebook=site.rulebook, kind=Pause.Kind(kind), rule=rule, reason="wrong", author=None
    )


def test_a_paused_rule_is_as_if_it_were_not_there(server: Server, site: Site) -> None:
    pause(site, "rule", "order_status")
    with server.chat() as visitor:
        answer = visitor.ask(ORDER)
    assert answer["source"] == "fallback"
    exchange = Exchange.objects.get()
    assert (exchange.paused, exchange.rule) == (["order_status"], "")
    explanation = explain_exchange(exchange)
    assert explanation is not None
    assert explanation.decision.rule is None


def test_a_paused_model_leaves_articles_and_people(
    server: Server, site: Site, use_model: UseModel, provider: FakeProvider, article: Article
) -> None:
    use_model("ok")
    row = pause(site, "model")
    with server.chat() as visitor:
        assert visitor.ask("how do I descale my kettle?")["source"] == "knowledge"
        assert visitor.ask("do you sell tea towels?")["source"] == "fallback"
        assert visitor.read_event()["status"] == "queued"
    exchange = Exchange.objects.first()
    assert exchange is not None
    assert (exchange.failure, exchange.handoff_reason) == ("paused", "policy_restriction")
    assert provider.completions == []
    releases.resume(pause=row, author=None)
    with server.chat() as visitor:
        assert visitor.ask("do you sell tea towels?")["source"] == "llm"


@pytest.mark.parametrize(
    ("text", "reason"),
    [(ORDER, "policy_restriction"), ("Talk to a person", "customer_request")],
)
def test_while_the_bot_is_paused_a_person_takes_every_message(
    server: Server, site: Site, use_model: UseModel, text: str, reason: str
) -> None:
    use_model("ok")
    pause(site, "bot")
    with server.chat() as visitor:
        answer = visitor.ask(text)
        assert visitor.read_event()["status"] == "queued"
    assert (answer["sender"], answer["source"]) == ("system", "fallback")
    exchange = Exchange.objects.get()
    assert (exchange.reason, exchange.handoff_reason) == ("bot_paused", reason)
    assert (exchange.release, explain_exchange(exchange)) == (None, None)
