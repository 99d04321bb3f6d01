"""A model's verdict on a whole answer: mended if it breaks a principle, shown only then."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_bridge.answers.judging import parse_verdict
from llm_bridge.guards.policy import GuardPolicy
from llm_bridge.guards.principles import Principle
from tests.llm_bridge.asking import QUERY, ask
from tests.llm_bridge.fake_provider import FakeProvider

LABELS = Principle(name="No labels", text="Never mention labels.", is_judged=True)
TOLD = Principle(name="Told only", text="Be kind.")
POLICY = GuardPolicy(grounding=False, principles=(LABELS, TOLD), judge=True)


@pytest.mark.django_db(transaction=True)
def test_what_breaks_a_principle_is_mended_before_a_word_is_shown(
    provider: FakeProvider,
) -> None:
    deltas, answer = asyncio.run(ask(provider, "judges", query=replace(QUERY, guards=POLICY)))
    assert deltas == []
    assert answer.text == "Returns are free within 30 days."
    [note] = answer.notes
    assert (note.reason, note.outcome, note.found) == (
        "principle_judged",
        "repaired",
        ("No labels",),
    )
    judged = provider.completions[1].body["messages"][0]["content"]
    assert "Never mention labels." in judged
    assert "Be kind." not in judged
    assert (answer.attempts, answer.call_id is None) == (1, False)  # one call, one row


@pytest.mark.django_db(transaction=True)
def test_without_a_verdict_the_answer_goes_on_and_says_so(provider: FakeProvider) -> None:
    _, answer = asyncio.run(ask(provider, "ok-short", query=replace(QUERY, guards=POLICY)))
    assert [(note.reason, note.outcome) for note in answer.notes] == [("unjudged", "passed")]


@pytest.mark.django_db(transaction=True)
def test_nobody_is_asked_where_the_site_does_not_pay_for_it(provider: FakeProvider) -> None:
    policy = replace(POLICY, judge=False)
    deltas, answer = asyncio.run(ask(provider, "judges", query=replace(QUERY, guards=policy)))
    assert deltas
    assert (answer.notes, len(provider.completions)) == ((), 1)


@pytest.mark.parametrize(
    ("said", "broken"),
    [
        ('{"broken": [1]}', ("No labels",)),
        ('Sure: {"broken": [2, 1, 9]}', ("No labels", "Told only")),
        ('{"broken": []}', ()),
        ("no", None),
        ("", None),
    ],
)
def test_a_verdict_is_read_in_any_form(said: str, broken: tuple[str, ...] | None) -> None:
    assert parse_verdict(said, (LABELS, TOLD)) == broken


@given(st.text(max_size=200))
def test_any_text_is_a_verdict_or_none(said: str) -> None:
    assert parse_verdict(said, (LABELS,)) in {None, (), ("No labels",)}
