"""An answer that guards refuse is asked for once more, and given up if that helps nothing."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from llm_bridge.gateway import AnswerFailed, FailureReason
from llm_bridge.guards.policy import GuardPolicy
from tests.llm_bridge.asking import QUERY, ask, ask_config, build_config
from tests.llm_bridge.fake_provider import FakeProvider

pytestmark = pytest.mark.django_db(transaction=True)

GUARDED = replace(QUERY, guards=GuardPolicy())
RIGHT = "Returns are free within 30 days."


def test_the_model_is_told_what_was_wrong_and_says_it_well(provider: FakeProvider) -> None:
    deltas, answer = asyncio.run(ask(provider, "mends", query=GUARDED))
    assert "".join(delta.text for delta in deltas) == answer.text == RIGHT
    complaint = provider.completions[1].body["messages"][-1]
    assert complaint["role"] == "user"
    assert "60 days" in complaint["content"]
    assert [(note.reason, note.outcome) for note in answer.notes] == [
        ("ungrounded_figure", "repaired"),
        ("ungrounded_figure", "repaired"),
    ]


def test_nothing_ungrounded_is_shown_of_an_answer_that_stays_wrong(
    provider: FakeProvider,
) -> None:
    with pytest.raises(AnswerFailed) as failed:
        asyncio.run(ask(provider, "invents", query=GUARDED))
    assert failed.value.reason is FailureReason.UNGROUNDED
    assert {note.outcome for note in failed.value.notes} == {"refused"}
    assert len(provider.completions) == 2
    assert (failed.value.attempts, failed.value.call_id is None) == (1, False)


def test_a_released_sentence_stays_until_the_mended_whole_replaces_it(
    provider: FakeProvider,
) -> None:
    deltas, answer = asyncio.run(ask(provider, "mends-later", query=GUARDED))
    assert [delta.text.strip() for delta in deltas] == [RIGHT]
    assert answer.text == RIGHT


def test_a_promise_is_mended_or_given_up_likewise(provider: FakeProvider) -> None:
    _, answer = asyncio.run(ask(provider, "promises-once", query=GUARDED))
    assert answer.text == RIGHT
    assert answer.guarded == ()
    with pytest.raises(AnswerFailed) as failed:
        asyncio.run(ask(provider, "promises", query=GUARDED))
    assert failed.value.reason is FailureReason.PROMISE


def test_a_larger_model_is_asked_where_a_small_one_stays_wrong(
    provider: FakeProvider,
) -> None:
    configs = [build_config(provider, model) for model in ("invents", "ok-short")]
    _, answer = asyncio.run(ask_config(*configs, query=GUARDED))
    assert (answer.text, answer.model) == (RIGHT, "ok-short")


def test_nobody_else_is_asked_about_what_is_sealed(provider: FakeProvider) -> None:
    sealed = replace(GUARDED, seal=lambda text: "free" if "free" in text else None)
    configs = [build_config(provider, model) for model in ("ok", "ok-short")]
    with pytest.raises(AnswerFailed) as failed:
        asyncio.run(ask_config(*configs, query=sealed))
    assert failed.value.reason is FailureReason.SEALED
    assert len(provider.completions) == 1
