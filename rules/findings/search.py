"""The search for findings: every kind in turn, each within its time."""

import itertools
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TypeAlias

from rules.building import beside_traffic
from rules.evaluator import Evaluator
from rules.findings.calls import find_idle_calls
from rules.findings.conflicts import find_conflicts, find_two_wishes
from rules.findings.coverage import find_expired, find_stolen, find_uncovered, find_unhandled
from rules.findings.examples import find_failures
from rules.findings.finding import Finding, sort_findings
from rules.findings.inquiry import Clock, Inquiry, OutOfTime
from rules.findings.loops import find_loops
from rules.findings.overlaps import find_near_words, find_overlaps
from rules.findings.patterns import find_bad_patterns
from rules.findings.phrases import find_covered, find_silent, find_vetoed
from rules.findings.questions import find_dead_ends
from rules.findings.reach import find_beaten, find_contradictions, find_redundant
from rules.findings.slots import (
    find_empty_placeholders,
    find_impossible_values,
    find_never_filled,
)
from rules.findings.telling import join
from rules.rulebook.parts import Rulebook

Kind: TypeAlias = Callable[[Inquiry], Iterator[Finding]]

MAX_FINDINGS = 200  # of one kind: nobody reads more
MAX_HINTS = 50  # of them that block nothing
SECONDS = 2.0  # for each kind

# What is looked for, in words for when time runs out: first what may hold up publishing.
KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "examples that go elsewhere": find_stolen,
        "rules that can never answer": find_contradictions,
        "rules that others always beat": find_beaten,
        "conflicts": find_conflicts,
        "dead ends": find_dead_ends,
        "loops": find_loops,
        "calls": find_idle_calls,
        "impossible values": find_impossible_values,
        "slots that are never filled": find_never_filled,
        "gaps in answers": find_empty_placeholders,
        "intents without a rule": find_unhandled,
        "phrases that are vetoed": find_vetoed,
        "patterns": find_bad_patterns,
    }
)
HINTS: Mapping[str, Kind] = MappingProxyType(
    {
        "phrases that add nothing": find_covered,
        "messages without a rule": find_uncovered,
        "rules that could go": find_redundant,
        "overlapping intents": find_overlaps,
        "words that pass for others": find_near_words,
        "messages with two wishes": find_two_wishes,
        "rules whose time is over": find_expired,
    }
)
_BLOCKING = frozenset({"examples that go elsewhere", "rules that can never answer"})


def find_findings(
    *,
    rulebook: Rulebook,
    evaluators: Sequence[Evaluator],
    live: Rulebook | None = None,
    logged: Iterable[str] = (),
    budget_seconds: float = SECONDS,
    hints: bool = True,
    now: datetime | None = None,
    clock: Clock = time.monotonic,
) -> tuple[Finding, ...]:
    """Everything worth saying about a rulebook before it is published, what blocks first.

    `evaluators` are of this rulebook, the fastest first; every example is tried in each of them.
    `live` is what customers are answered by now; `logged` what visitors wrote lately, newest
    first. Each kind of finding takes at most `budget_seconds`, and one more finding says what was
    left out. Without `hints`, kinds that only teach are not looked for.
    """
    inquiry = Inquiry(
        evaluators[0],
        live=live,
        logged=logged,
        now=now or datetime.now(tz=UTC),
        clock=clock,
    )
    kinds = {**KINDS, **HINTS} if hints else KINDS
    with beside_traffic(len(rulebook.rules) + len(rulebook.intents)):
        findings = list(find_failures(rulebook, evaluators, inquiry.live))
        findings += _find_all(inquiry, kinds, budget_seconds)
    return sort_findings(findings)


def _find_all(inquiry: Inquiry, kinds: Mapping[str, Kind], seconds: float) -> Iterator[Finding]:
    inquiry.never_said = _find_never_said(inquiry, seconds)
    inquiry.prepare()
    cut: list[str] = []
    for name, kind in kinds.items():
        inquiry.start(seconds)
        try:
            yield from _limit(kind(inquiry))
        except OutOfTime:
            cut.append(name)
    yield from _build_left_out(inquiry, cut)


def _limit(findings: Iterator[Finding]) -> Iterator[Finding]:
    """As many as somebody will read, fewer of those that need no doing."""
    hints = 0
    for finding in itertools.islice(findings, MAX_FINDINGS):
        yield finding
        hints += finding.level == "INFO"
        if hints == MAX_HINTS:
            return


def _find_never_said(inquiry: Inquiry, seconds: float) -> frozenset[str]:
    inquiry.start(seconds)
    try:
        return find_silent(inquiry)
    except OutOfTime:
        return frozenset()


def _build_left_out(inquiry: Inquiry, cut: Sequence[str]) -> Iterator[Finding]:
    if cut:
        blocks = not _BLOCKING.isdisjoint(cut)
        yield Finding(
            level="WARNING" if blocks else "INFO",
            code="left_out",
            where="time",
            message=f"There was not enough time to look for everything: {join(cut)}.",
        )
    if inquiry.left_out:
        more = len(inquiry.left_out) - 3
        shown = "; ".join(inquiry.left_out[:3]) + (f"; and {more} more" if more > 0 else "")
        yield Finding(
            level="INFO",
            code="left_out",
            where="size",
            message=f"Some questions were too large to decide: {shown}.",
        )
