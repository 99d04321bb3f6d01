"""A sample of live turns is decided twice: by the engine, and by the independent reference.

Where the two differ the reference answers, and the difference is logged and counted. Which turns
are chosen follows from the exchange's id. Of those chosen, some are skipped where the reference is
slow or traffic heavy: samples take a hundredth of a process's time and no more.
"""

from __future__ import annotations

import logging
import threading
import time
import weakref
import zlib
from collections.abc import Callable
from dataclasses import dataclass, fields
from uuid import UUID

from rules.decision import Decision, Situation, decide
from rules.evaluator import Evaluator
from rules.reference import ReferenceEvaluator

logger = logging.getLogger(__name__)

SHARE = 0.01  # of a process's time that samples may take


@dataclass(slots=True)
class Counts:
    """Since this process started."""

    sampled: int = 0
    different: int = 0
    failed: int = 0  # the reference raised
    skipped: int = 0  # chosen, but the samples before had taken their share of time


class Budget:
    """After a sample there is none until it has become a small share of the time gone by."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._closed_until = clock()

    def begin(self) -> float | None:
        """When the sample began, for `end`; None if there may be none yet."""
        now = self._clock()
        with self._lock:
            if now < self._closed_until:
                return None
            self._closed_until = float("inf")  # one at a time: what it takes is not known yet
        return now

    def end(self, began: float) -> None:
        self._closed_until = began + (self._clock() - began) / SHARE


counts = Counts()
_budget = Budget()
_lock = threading.Lock()
_references: weakref.WeakKeyDictionary[Evaluator, ReferenceEvaluator] = weakref.WeakKeyDictionary()


def is_sampled(exchange_id: UUID, *, per_cent: float) -> bool:
    """Always the same answer for the same exchange."""
    return zlib.crc32(exchange_id.bytes) % 1_000_000 < per_cent * 10_000


def decide_checked(
    evaluator: Evaluator,
    situation: Situation,
    *,
    exchange_id: UUID,
    release_id: int,
    per_cent: float,
    budget: Budget = _budget,
) -> Decision:
    """As `decide`; of `per_cent` of all exchanges, while the budget lasts, what both say."""
    decision = decide(evaluator, situation)
    if evaluator.name == "reference" or not is_sampled(exchange_id, per_cent=per_cent):
        return decision
    if (began := budget.begin()) is None:
        _count("skipped")
        return decision
    try:
        place = {"release_id": release_id, "exchange": str(exchange_id)}
        return _compare(decision, evaluator, situation, place)
    finally:
        budget.end(began)


def _compare(
    decision: Decision, evaluator: Evaluator, situation: Situation, place: dict[str, object]
) -> Decision:
    """What the reference says, if it says anything; a difference is made known."""
    try:
        expected = decide(_get_reference(evaluator), situation)
    except Exception:  # the visitor gets the answer there is
        logger.exception("reference evaluator failed at a sampled turn", extra=place)
        _count("failed")
        return decision
    if expected == decision:
        _count("sampled")
        return decision
    _count("sampled", "different")
    logger.error(
        "evaluators differ, the reference answers",
        extra=place
        | {
            "rule": decision.rule or "",
            "rule_of_reference": expected.rule or "",
            "fields": ", ".join(_find_different(decision, expected)),
        },
    )
    return expected


def _get_reference(evaluator: Evaluator) -> ReferenceEvaluator:
    """Built when first needed, and gone with its evaluator."""
    if (found := _references.get(evaluator)) is None:
        found = _references.setdefault(evaluator, ReferenceEvaluator(evaluator.rulebook))
    return found


def _find_different(one: Decision, other: Decision) -> list[str]:
    names = (field.name for field in fields(Decision))
    return [name for name in names if getattr(one, name) != getattr(other, name)]


def _count(*names: str) -> None:
    with _lock:
        for name in names:
            setattr(counts, name, getattr(counts, name) + 1)
