"""Rules between which only the name decides, and messages that say two things."""

import itertools
from collections import defaultdict
from collections.abc import Iterator

from rules.findings.cases import Case
from rules.findings.finding import Finding, Level
from rules.findings.inquiry import Check, Inquiry, Proven
from rules.findings.solving import World
from rules.findings.telling import quote, tell_facts
from rules.language.facts import Fact, Scalar

_MOST_STEPS = 400


def find_conflicts(inquiry: Inquiry) -> Iterator[Finding]:
    """Two rules of equal rank that one message fits, with different answers."""
    for case in inquiry.iterate_cases():
        for other in _find_rivals(inquiry, case):
            inquiry.check_time()
            proven = _prove_conflict(inquiry, case, other)
            if proven is not None:
                yield _build_conflict(case, other, proven)


def _find_rivals(inquiry: Inquiry, case: Case) -> list[Case]:
    """Those behind it by name alone."""
    return [
        other
        for other in inquiry.book.find_related(case)
        if other.rank > case.rank
        and other.rule.order[:2] == case.rule.order[:2]
        and other.rule.then != case.rule.then
    ]


def _prove_conflict(inquiry: Inquiry, case: Case, other: Case) -> Proven | None:
    earlier = [
        each.denials
        for each in inquiry.book.find_related(case)
        if each.rank < case.rank and each.denials is not None
    ]
    clauses = [case.alternatives, other.alternatives]
    worlds = inquiry.find_worlds([*clauses, *earlier], steps=_MOST_STEPS)
    return inquiry.prove(worlds, _build_check(case, other), joined=False)


def _build_check(case: Case, other: Case) -> Check:
    return lambda trial: (
        trial.is_won_by(case.rule, other.rule)
        and trial.holds(case.rule)
        and trial.holds(other.rule)
    )


def _build_conflict(case: Case, other: Case, proven: Proven) -> Finding:
    told = f" when {tell_facts(proven.witness.facts)}" if proven.witness.facts else ""
    return Finding(
        level=_find_level(case, other, proven),
        code="conflict",
        where=case.where,
        message=(
            f"{quote(proven.witness.text)} fits {case.name} and {other.name}{told}: they rank the"
            f" same, and {case.name} answers only because its name comes first."
            " Give one of them a higher priority."
        ),
        rules=(case.name, other.name),
        witness=proven.witness,
        logged=proven.logged,
    )


def _find_level(case: Case, other: Case, proven: Proven) -> Level:
    """A message that names two values, or two wishes, asks two things: that is for the visitor
    to sort out, and nothing to hold up publishing for."""
    facts = proven.trial.facts
    if any(name.startswith("entity.") and len(_list(facts[name])) > 1 for name in facts):
        return "INFO"
    return "WARNING" if case.intents & other.intents or not case.intents else "INFO"


def _list(fact: Fact) -> tuple[Scalar, ...]:
    return fact if isinstance(fact, tuple) else (fact,)


def find_two_wishes(inquiry: Inquiry) -> Iterator[Finding]:
    """Once for the rulebook: what happens to a message with two wishes."""
    if "two_intents" in inquiry.rulebook.complex:
        return
    for case, other in itertools.islice(_find_pairs(inquiry), 20):
        inquiry.check_time()
        worlds = inquiry.find_worlds([case.alternatives, other.alternatives], steps=_MOST_STEPS)
        proven = inquiry.prove(_keep_both(worlds, case, other), _build_check(case, other))
        if proven is not None and proven.trial.winner is not None:
            yield _build_two_wishes(case, other, proven)
            return


def _find_pairs(inquiry: Inquiry) -> Iterator[tuple[Case, Case]]:
    """Rules of one intent each, of equal rank, for different intents."""
    by_rank: dict[tuple[int, int], list[Case]] = defaultdict(list)
    for case in inquiry.book.cases:
        if len(case.intents) == 1:
            by_rank[case.rule.order[:2]].append(case)
    for cases in by_rank.values():
        for case, other in itertools.pairwise(cases):
            if case.intents != other.intents and case.rule.then != other.rule.then:
                yield case, other


def _keep_both(worlds: Iterator[World], case: Case, other: Case) -> Iterator[World]:
    wanted = case.intents | other.intents
    return (world for world in worlds if wanted <= set(world.intents))


def _build_two_wishes(case: Case, other: Case, proven: Proven) -> Finding:
    winner = proven.trial.winner
    return Finding(
        level="INFO",
        code="two_wishes",
        where="complex",
        message=(
            f"Of two wishes in one message only one is answered: {quote(proven.witness.text)} goes"
            f" to {winner.name if winner else case.name} alone. With `two_intents` in `complex`"
            " such messages go to the model or a person."
        ),
        rules=(case.name, other.name),
        witness=proven.witness,
        logged=proven.logged,
    )
