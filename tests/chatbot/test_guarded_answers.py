"""What visitors and staff see where guards refuse what the model says, or keep it from speaking."""

from __future__ import annotations

from typing import Any

import pytest

from chatbot.conversations.models import Exchange, HandoffReason, Site
from chatbot.conversations.principles import Principle
from llm_bridge.models import Article
from tests.chatbot.conftest import UseModel
from tests.llm_bridge.fake_provider import FakeProvider
from tests.server import Server

DESCALING = "how do I descale my kettle?"
TOWELS = "do you sell tea towels?"


@pytest.fixture
def guarded(site: Site) -> Site:
    """The site as a new one is: with its guards on."""
    site.guard_grounding = site.guard_promises = True
    site.save()
    return site


def get_exchange() -> Exchange:
    return Exchange.objects.order_by("-id")[0]


def get_findings() -> list[tuple[str, str]]:
    return [(each["reason"], each["outcome"]) for each in get_exchange().guarded]


def assert_handed_over(answer: dict[str, Any], reason: str) -> None:
    assert answer["sender"] == "system"
    assert get_exchange().handoff_reason == reason


def test_what_no_article_says_is_never_shown(
    server: Server, use_model: UseModel, guarded: Site, article: Article
) -> None:
    use_model("invents")
    with server.chat() as visitor:
        visitor.say(DESCALING)
        visitor.read_event()
        answer = visitor.read_event()  # no delta comes before it
    assert answer["source"] == "knowledge"
    assert article.title in answer["text"]
    exchange = get_exchange()
    assert exchange.failure == "ungrounded"
    assert exchange.guarded[0]["found"] == ["60 days"]
    assert "60 days" in exchange.guarded[0]["sentence"]


def test_without_an_article_a_person_is_asked(
    server: Server, use_model: UseModel, guarded: Site
) -> None:
    use_model("invents")
    with server.chat() as visitor:
        assert_handed_over(visitor.ask(TOWELS), HandoffReason.MISSING_KNOWLEDGE)


def test_a_promise_leads_to_a_person_though_an_article_fits(
    server: Server, use_model: UseModel, guarded: Site, article: Article
) -> None:
    use_model("promises")
    with server.chat() as visitor:
        assert_handed_over(visitor.ask(DESCALING), HandoffReason.UNSUPPORTED_REQUEST)
    assert get_findings() == [("promise", "refused"), ("promise", "refused")]


def test_what_a_site_switched_off_is_not_held(
    server: Server, use_model: UseModel, guarded: Site
) -> None:
    use_model("invents")
    Site.objects.update(guard_grounding=False)
    with server.chat() as visitor:
        assert visitor.ask(TOWELS)["source"] == "llm"


def test_a_principle_is_told_to_the_model_and_held(
    server: Server, use_model: UseModel, provider: FakeProvider, site: Site
) -> None:
    Principle.objects.create(
        site=site, name="No free things", text="Never say that it is free.", forbidden=["free"]
    )
    Principle.objects.create(site=site, name="Off", text="Be rude.", is_enabled=False)
    use_model("ok")
    with server.chat() as visitor:
        assert_handed_over(visitor.ask(TOWELS), HandoffReason.POLICY_RESTRICTION)
    told = provider.completions[0].body["messages"][0]["content"]
    assert "Never say that it is free." in told
    assert "Be rude." not in told
    assert get_exchange().guarded[0]["found"] == ["No free things", "free"]


def test_approved_texts_only_asks_no_model(
    server: Server, use_model: UseModel, provider: FakeProvider, site: Site, article: Article
) -> None:
    use_model("ok")
    Site.objects.update(approved_only=True)
    with server.chat() as visitor:
        assert visitor.ask(DESCALING)["source"] == "knowledge"
        assert_handed_over(visitor.ask(TOWELS), HandoffReason.MISSING_KNOWLEDGE)
    assert provider.completions == []
    assert get_exchange().failure == "approved_only"


@pytest.mark.parametrize(
    "question",
    ["my paymnet has faild", "it failed again, that payment", "payments are failing"],
)
def test_what_nearly_says_a_sealed_intent_never_reaches_the_model(
    server: Server, use_model: UseModel, provider: FakeProvider, site: Site, question: str
) -> None:
    use_model("ok")
    with server.chat() as visitor:
        assert_handed_over(visitor.ask(question), HandoffReason.POLICY_RESTRICTION)
    assert provider.completions == []


def test_a_reply_to_a_question_back_is_read_with_what_was_asked(
    server: Server, use_model: UseModel, provider: FakeProvider, site: Site
) -> None:
    use_model("typed-clarify")
    with server.chat() as visitor:
        assert visitor.ask("something failed")["source"] == "llm"
        assert_handed_over(visitor.ask("the payment"), HandoffReason.POLICY_RESTRICTION)
    assert len(provider.completions) == 1


def test_a_draft_that_touches_a_sealed_intent_goes_to_a_person(
    server: Server, use_model: UseModel, site: Site
) -> None:
    use_model("touches-payment")
    with server.chat() as visitor:
        visitor.say(TOWELS)
        visitor.read_event()
        assert_handed_over(visitor.read_event(), HandoffReason.POLICY_RESTRICTION)
    assert get_findings() == [("sealed", "refused")]


def test_what_has_nothing_to_do_with_it_goes_on(
    server: Server, use_model: UseModel, site: Site
) -> None:
    use_model("ok")
    with server.chat() as visitor:
        assert visitor.ask("which payment methods are there?")["source"] == "llm"
