"""Two wishes in one message are noticed and single ones left alone, on real phrasings.

A small fixed sample of what `python -m benchmarks.two_intents` measures in full.
"""

import pytest

from benchmarks.two_intents.measure import (
    build_support_evaluator,
    measure_pairs,
    measure_singles,
)
from benchmarks.two_intents.messages import DATA, Wish, join_pairs, read_held_out
from rules.evaluator import Evaluator

pytestmark = pytest.mark.skipif(
    not (DATA / "bitext20k").exists(), reason="the shared data set bitext20k is not here"
)


@pytest.fixture(scope="module")
def evaluator() -> Evaluator:
    return build_support_evaluator()


@pytest.fixture(scope="module")
def wishes() -> tuple[Wish, ...]:
    return read_held_out("bitext20k")[:500]


def test_joined_wishes_are_escalated_and_not_answered_by_half(
    evaluator: Evaluator, wishes: tuple[Wish, ...]
) -> None:
    pairs = measure_pairs(evaluator, join_pairs(wishes, count=250, seed=1))
    assert pairs.noticed >= 0.8
    assert pairs.two_intents >= 0.75


def test_single_wishes_are_answered_and_left_alone(
    evaluator: Evaluator, wishes: tuple[Wish, ...]
) -> None:
    singles = measure_singles(evaluator, wishes)
    assert singles.touched <= 0.05
    assert singles.coverage >= 0.6
    assert singles.precision >= 0.9
