"""The same question again gets the same answer again, without a model, while nothing changed."""

from __future__ import annotations

from typing import Any

import pytest

from chatbot.conversations.models import Exchange, Site
from llm_bridge.models import Account, Article, CachedAnswer, ModelCall
from rules.releases import pause
from tests.chatbot.conftest import UseModel
from tests.llm_bridge.fake_provider import FakeProvider
from tests.server import Server

DESCALING = "how do I descale my kettle?"
UNCOVERED = "do you sell tea towels?"


@pytest.fixture(autouse=True)
def _model(use_model: UseModel, article: Article) -> None:
    use_model("ok")


def ask(server: Server, text: str = DESCALING) -> dict[str, Any]:
    """In a conversation of its own."""
    with server.chat() as visitor:
        return visitor.ask(text)


def test_another_visitor_gets_the_same_answer_and_no_model_is_asked(
    server: Server, provider: FakeProvider
) -> None:
    first, second = ask(server), ask(server, "How do I  descale my KETTLE?")
    assert (first["source"], second["source"]) == ("llm", "cache")
    assert (second["text"], second["sources"]) == (first["text"], first["sources"])
    assert len(provider.completions) == ModelCall.objects.count() == 1
    exchange = Exchange.objects.get(pk=second["exchange"])
    assert str(exchange.cached_from) == first["exchange"]
    assert (exchange.model_call_id, exchange.failure) == (None, "")
    assert exchange.sources == Exchange.objects.get(pk=first["exchange"]).sources
    assert CachedAnswer.objects.get().hits == 1
    assert not Account.objects.exclude(spent=0, reserved=0).exists()


def test_near_is_asked_anew(server: Server) -> None:
    assert ask(server)["source"] == "llm"
    assert ask(server, "how do I descale my kettle quickly?")["source"] == "llm"


def test_a_later_message_goes_on_from_what_was_said_and_is_asked(server: Server) -> None:
    ask(server)
    with server.chat() as visitor:
        visitor.ask(UNCOVERED)
        assert visitor.ask(DESCALING)["source"] == "llm"
    assert CachedAnswer.objects.count() == 2


@pytest.mark.parametrize("change", ["edited", "disabled", "added"])
def test_what_it_was_built_from_changes_and_it_is_asked_anew(
    server: Server, article: Article, change: str
) -> None:
    ask(server)
    if change == "added":
        article.pk, article.slug = None, "another"
        article.title = "Descaling a kettle quickly"
        article.save(force_insert=True)
    else:
        article.enabled = change != "disabled"
        article.body = f"{article.body} Do not breathe in the steam."
        article.save()
    assert ask(server)["source"] == "llm"


def test_another_model_is_asked_anew(server: Server, use_model: UseModel) -> None:
    ask(server)
    use_model("no-usage")
    assert ask(server)["source"] == "llm"


def test_a_site_may_switch_it_off(server: Server) -> None:
    ask(server)
    Site.objects.update(cache_enabled=False)
    assert ask(server)["source"] == "llm"
    CachedAnswer.objects.all().delete()
    ask(server, UNCOVERED)
    assert not CachedAnswer.objects.exists()


def test_a_paused_model_says_nothing_again_either(server: Server, site: Site) -> None:
    ask(server)
    pause(rulebook=site.rulebook, kind="model", rule="", reason="", author=None)
    assert ask(server)["source"] == "knowledge"


def test_what_names_an_order_is_answered_and_not_kept(server: Server) -> None:
    assert ask(server, "is the kettle of order 4711-0815 descaled?")["source"] == "llm"
    assert not CachedAnswer.objects.exists()


@pytest.mark.parametrize("mode", ["typed-clarify", "typed-personal", "links"])
def test_what_asks_back_or_is_personal_or_was_guarded_is_not_kept(
    server: Server, use_model: UseModel, mode: str
) -> None:
    use_model(mode)
    assert ask(server)["source"] == "llm"
    assert not CachedAnswer.objects.exists()


@pytest.mark.parametrize("whose", [0, 1], ids=["the first", "the repeated"])
def test_a_thumb_down_removes_the_answer(server: Server, whose: int) -> None:
    answers = []
    with server.chat() as one, server.chat() as other:
        for visitor in (one, other):
            answers.append(visitor.ask(DESCALING))
        visitor = (one, other)[whose]
        visitor.send(type="feedback", exchange=answers[whose]["exchange"], rating="down")
        assert visitor.read_event()["kind"] == "feedback"
    assert [answer["source"] for answer in answers] == ["llm", "cache"]
    assert not CachedAnswer.objects.exists()
    assert ask(server)["source"] == "llm"


def test_a_thumb_up_keeps_it(server: Server) -> None:
    with server.chat() as visitor:
        exchange = visitor.ask(DESCALING)["exchange"]
        visitor.send(type="feedback", exchange=exchange, rating="up")
        visitor.read_event()
    assert ask(server)["source"] == "cache"


def test_an_answer_that_failed_is_not_kept(server: Server, use_model: UseModel) -> None:
    use_model("empty")
    assert ask(server)["source"] == "knowledge"
    assert not CachedAnswer.objects.exists()
