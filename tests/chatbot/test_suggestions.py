"""Questions nearly as one that was answered are answered for themselves, and suggest a rule."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.db import DatabaseError

from chatbot.conversations import dispatch, repeats
from chatbot.conversations.models import Exchange, Site
from llm_bridge.models import CachedAnswer, RuleSuggestion, SuggestionAsking
from tests.chatbot.conftest import UseModel
from tests.llm_bridge.fake_provider import FakeProvider
from tests.server import Server

DESCALING = "how do I descale my kettle?"
NEARLY = (
    "How do I descale my kettle",
    "my kettle, how do I descale it?",
    "how do I NOT descale my kettle?",
    "descaling kettles",
)


@pytest.fixture(autouse=True)
def _model(use_model: UseModel, site: Site) -> None:
    use_model("ok")


def ask(server: Server, text: str = DESCALING) -> dict[str, Any]:
    """In a conversation of its own, until what follows the answer is done, too."""
    with server.chat() as visitor:
        answer = visitor.ask(text)
    wait_until_settled()
    return answer


def wait_until_settled() -> None:
    deadline = time.monotonic() + 30
    while dispatch._running:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def get_references() -> set[str]:
    return {str(each) for each in SuggestionAsking.objects.values_list("reference", flat=True)}


def test_a_near_question_is_never_answered_from_the_store(
    server: Server, provider: FakeProvider
) -> None:
    ask(server)
    answers = [ask(server, text) for text in NEARLY]
    assert [answer["source"] for answer in answers] == ["llm"] * len(NEARLY)
    assert len(provider.completions) == 1 + len(NEARLY)
    assert all(
        Exchange.objects.get(pk=answer["exchange"]).cached_from is None for answer in answers
    )


def test_near_and_repeated_questions_count_towards_one_suggestion(
    server: Server, site: Site
) -> None:
    first = ask(server)
    again = [ask(server), ask(server, "descaling kettles")]
    row = RuleSuggestion.objects.get()
    assert [answer["source"] for answer in again] == ["cache", "llm"]
    assert (row.payer, row.count, row.repeats) == (site.pk, 2, 1)
    assert (str(row.reference), row.answer) == (first["exchange"], first["text"])
    assert get_references() == {answer["exchange"] for answer in again}


def test_what_is_this_visitors_alone_is_not_counted(server: Server) -> None:
    ask(server)
    ask(server, "how do I descale my kettle of order 4711-0815?")
    with server.chat() as visitor:
        visitor.ask("do you sell tea towels?")
        visitor.ask("kettle descaling")
    wait_until_settled()
    assert not RuleSuggestion.objects.exists()


def test_a_site_that_keeps_no_answers_counts_nothing(server: Server) -> None:
    ask(server)
    Site.objects.update(cache_enabled=False)
    ask(server, "kettle descaling")
    assert not RuleSuggestion.objects.exists()


def test_a_near_question_that_the_model_could_not_answer_counts(
    server: Server, use_model: UseModel
) -> None:
    ask(server)
    use_model("empty")
    assert ask(server, "kettle descaling")["source"] == "fallback"
    assert RuleSuggestion.objects.get().count == 1


def test_a_thumb_down_takes_the_suggestion_along(server: Server) -> None:
    ask(server)
    with server.chat() as visitor:
        exchange = visitor.ask(DESCALING)["exchange"]
        wait_until_settled()
        assert RuleSuggestion.objects.exists()
        visitor.send(type="feedback", exchange=exchange, rating="down")
        visitor.read_event()
    assert not RuleSuggestion.objects.exists()
    assert not CachedAnswer.objects.exists()


def test_that_it_cannot_be_counted_costs_nobody_an_answer(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(**_question: object) -> bool:
        raise DatabaseError

    ask(server)
    monkeypatch.setattr(repeats, "_notice", fail)
    assert [ask(server)["source"] for _ in range(2)] == ["cache", "cache"]
