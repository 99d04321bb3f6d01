"""A sample of live turns is decided by both evaluators."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

import pytest
from uuid6 import uuid7

from rules import sampling
from rules.decision import Situation, decide
from rules.language.facts import Fact
from rules.reference import ReferenceEvaluator
from rules.rulebook.parts import Rule
from rules.rulebook.yaml_file import read_rulebook
from rules.sampling import SHARE, Budget, decide_checked, is_sampled
from tests.conftest import RULEBOOK

PARSED = read_rulebook(RULEBOOK.encode())[1]
SECRET = "goodbye, my number is 555"


class Wrong(ReferenceEvaluator):
    """Takes itself for the engine and thinks that no rule ever holds."""

    name = "durable"

    def find_winner(self, facts: Mapping[str, Fact]) -> Rule | None:
        return None


class Right(ReferenceEvaluator):
    name = "durable"


class Clock:
    """A clock that stands still until it is told to go on."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def check(
    evaluator: ReferenceEvaluator,
    per_cent: float,
    exchange_id: UUID | None = None,
    budget: Budget | None = None,
) -> str:
    decision = decide_checked(
        evaluator,
        Situation(text=SECRET),
        exchange_id=exchange_id or uuid7(),
        release_id=3,
        per_cent=per_cent,
        budget=budget or Budget(),
    )
    return decision.reason


def test_a_difference_is_answered_by_the_reference_logged_and_counted(
    caplog: pytest.LogCaptureFixture,
) -> None:
    before = replace(sampling.counts)
    exchange_id = uuid7()
    with caplog.at_level(logging.ERROR):
        assert check(Wrong(PARSED), 100, exchange_id) == "matched"
    assert sampling.counts.different == before.different + 1
    assert sampling.counts.sampled == before.sampled + 1
    fields = vars(caplog.records[0])
    assert (fields["rule"], fields["rule_of_reference"]) == ("", "farewell")
    assert (fields["release_id"], fields["exchange"]) == (3, str(exchange_id))
    assert SECRET not in str(fields)


def test_what_is_not_sampled_is_decided_once() -> None:
    assert check(Wrong(PARSED), 0) == "no_match"


def test_both_agreeing_is_only_counted(caplog: pytest.LogCaptureFixture) -> None:
    before = replace(sampling.counts)
    assert check(Right(PARSED), 100) == "matched"
    assert sampling.counts == replace(before, sampled=before.sampled + 1)
    assert not caplog.records


def test_the_same_exchange_is_sampled_alike_and_as_many_as_said() -> None:
    ids = [uuid7() for _ in range(4000)]
    sampled = [is_sampled(each, per_cent=10) for each in ids]
    assert sampled == [is_sampled(each, per_cent=10) for each in ids]
    assert 250 < sum(sampled) < 550  # of 400 expected, 8 standard deviations around
    assert all(is_sampled(each, per_cent=100) for each in ids)


def test_the_reference_alone_is_not_compared_with_itself() -> None:
    before = replace(sampling.counts)
    evaluator = ReferenceEvaluator(PARSED)
    assert check(evaluator, 100) == decide(evaluator, Situation(text=SECRET)).reason
    assert sampling.counts == before


def test_a_sample_that_took_a_second_is_the_only_one_for_a_hundred() -> None:
    clock = Clock()
    budget = Budget(clock=clock)
    began = budget.begin()
    assert began == clock.now
    clock.now += 1
    budget.end(began)
    clock.now = began + 1 / SHARE - 1
    assert budget.begin() is None
    clock.now += 2
    assert budget.begin() == clock.now


def test_a_second_sample_does_not_begin_while_the_first_still_runs() -> None:
    clock = Clock()
    budget = Budget(clock=clock)
    assert budget.begin() is not None
    clock.now += 1_000
    assert budget.begin() is None


def test_a_chosen_turn_beyond_the_budget_is_decided_once_and_counted_as_skipped() -> None:
    clock = Clock()
    budget = Budget(clock=clock)
    wrong, before = Wrong(PARSED), replace(sampling.counts)
    assert check(wrong, 100, budget=budget) == "matched"  # the reference was asked
    began = budget.begin()
    assert began is not None
    clock.now += 3
    budget.end(began)
    assert check(wrong, 100, budget=budget) == "no_match"
    assert sampling.counts.skipped == before.skipped + 1
    assert sampling.counts.sampled == before.sampled + 1
    clock.now += 3 / SHARE
    assert check(wrong, 100, budget=budget) == "matched"
