"""Typed answers through the gateway: asked for, streamed as words, and what they want to happen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from llm_bridge.gateway import Action, FailureReason
from llm_bridge.values import Source
from tests.llm_bridge.asking import QUERY, RETURNS, ask, fail
from tests.llm_bridge.fake_modes import ANSWER
from tests.llm_bridge.fake_provider import FakeProvider

pytestmark = pytest.mark.django_db(transaction=True)


async def test_a_typed_answer_is_asked_for_and_streams_as_plain_words(
    provider: FakeProvider,
) -> None:
    deltas, answer = await ask(provider, "typed")
    form = provider.completions[0].body["response_format"]
    assert form["json_schema"]["schema"]["required"][0] == "action"
    assert [delta.text for delta in deltas] == [
        f"{ANSWER.partition('. ')[0]}. ",
        "Use the label in the box.",
    ]
    assert (answer.text, answer.action, answer.reason) == (ANSWER, Action.CONTINUE, "")


async def test_what_it_rests_on_is_what_it_names(provider: FakeProvider) -> None:
    other = Source("Other", "", "Something else.", 0.5, 2)
    _, answer = await ask(provider, "typed", query=replace(QUERY, sources=(RETURNS, other)))
    assert answer.used == (0,)
    _, plain = await ask(provider, "ok")
    assert plain.used is None


async def test_of_an_answer_that_hands_over_nothing_is_streamed(provider: FakeProvider) -> None:
    deltas, answer = await ask(provider, "typed-handoff")
    assert deltas == []
    assert (answer.action, answer.reason) == (Action.HANDOFF, "customer_request")


async def test_a_handover_that_comes_after_the_words_is_one_all_the_same(
    provider: FakeProvider,
) -> None:
    deltas, answer = await ask(provider, "handoff-afterwards")
    assert deltas[0].text == "Let me see. "
    assert (answer.action, answer.reason) == (Action.HANDOFF, "missing_knowledge")


async def test_a_question_back_is_an_answer_that_says_so(provider: FakeProvider) -> None:
    _, answer = await ask(provider, "typed-clarify")
    assert (answer.text, answer.action) == ("Which one do you mean?", Action.CLARIFY)
    assert answer.reason == "pending_clarification"


async def test_a_stream_that_breaks_before_a_sentence_was_shown_is_tried_again(
    provider: FakeProvider,
) -> None:
    failed = await fail(provider, "cut-unseen")
    assert failed.reason is FailureReason.CUT_OFF
    assert failed.attempts == 2
