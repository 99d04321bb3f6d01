"""Rules that never answer, and rules that could go without anybody noticing."""

import itertools
from collections.abc import Iterable, Iterator, Sequence

from rules.findings.cases import Case, find_intents
from rules.findings.finding import Finding
from rules.findings.inquiry import Inquiry
from rules.findings.solving import Solver, TooHard
from rules.findings.telling import join, quote, tell_all
from rules.rulebook.alternatives import Alternative, Literal


def find_contradictions(inquiry: Inquiry) -> Iterator[Finding]:
    """Rules whose condition cannot hold, whatever the facts or in any conversation."""
    for case in inquiry.iterate_cases():
        if inquiry.solver.find_world([case.alternatives]) is None:
            if inquiry.loose_solver.find_world([case.alternatives]) is None:
                yield _build_contradiction(inquiry, case)
            elif not _is_mere_value(clash := _find_clash(inquiry.solver, case.alternatives[0])):
                yield _build_impossible(case, clash)


def find_beaten(inquiry: Inquiry) -> Iterator[Finding]:
    """Rules that others always beat."""
    for case in inquiry.iterate_cases():
        if inquiry.solver.find_world([case.alternatives]) is not None:
            yield from _find_beaten(inquiry, case)


def find_redundant(inquiry: Inquiry) -> Iterator[Finding]:
    """Rules without which the next one would give the same answer."""
    for case in inquiry.iterate_cases():
        later = (each for each in inquiry.book.find_related(case) if each.rank > case.rank)
        for other in sorted(later, key=lambda each: each.rank):
            try:
                if inquiry.solver.find_world([case.alternatives, other.alternatives]) is None:
                    continue
                if _stands_in(inquiry.solver, case, other):
                    yield from _build_redundant(inquiry, case, other)
            except TooHard:
                inquiry.left_out.append(f"whether {case.name} is needed beside {other.name}")
            break


def _stands_in(solver: Solver, case: Case, other: Case) -> bool:
    """Whether the other says the same whenever this one would, and more often than that."""
    is_same = other.rule.then == case.rule.then
    return is_same and implies(solver, case, other) and not implies(solver, other, case)


def implies(solver: Solver, case: Case, other: Case) -> bool:
    """Whether the other rule holds whenever this one does; raises `TooHard`."""
    if other.denials is None:
        return False
    return solver.find_world([case.alternatives, other.denials]) is None


def _build_contradiction(inquiry: Inquiry, case: Case) -> Finding:
    silent = sorted(set(find_intents(case.alternatives[0])) & inquiry.never_said)
    if silent:
        reason = f"no message can be recognised as {join(silent)}"
    else:
        clash = _find_clash(inquiry.loose_solver, case.alternatives[0])
        reason = f"it cannot be that {tell_all(clash)}"
    more = len(case.alternatives) > 1
    return Finding(
        level="ERROR",
        code="unreachable",
        where=case.where,
        message=(
            f"{case.name} can never answer: {reason}"
            f"{', and its other cases cannot be either' if more else ''}."
        ),
        rules=(case.name,),
    )


def _build_impossible(case: Case, clash: Alternative) -> Finding:
    return Finding(
        level="WARNING",
        code="unreachable",
        where=case.where,
        message=(
            f"{case.name} never answers in a conversation: it never happens that {tell_all(clash)}."
        ),
        rules=(case.name,),
    )


def _is_mere_value(clash: Alternative) -> bool:
    """Whether one test waits for a value that never comes: that is said with the nearest one."""
    return len(clash) == 1 and clash[0].positive and clash[0].test.operator in {"is", "in"}


def _find_clash(solver: Solver, alternative: Alternative) -> Alternative:
    """The fewest tests that cannot come out so together."""
    for count in (1, 2, 3):
        for literals in itertools.islice(itertools.combinations(alternative, count), 2_000):
            if solver.find_world([[literals]]) is None:
                return literals
    return alternative[:5]


def _find_beaten(inquiry: Inquiry, case: Case) -> Iterator[Finding]:
    earlier = [each for each in inquiry.book.find_related(case) if each.rank < case.rank]
    earlier = [each for each in earlier if each.denials is not None]
    try:
        if not _always_beat(inquiry.solver, case, earlier):
            return
        winners = _find_fewest(inquiry.solver, case, earlier)
    except TooHard:
        inquiry.left_out.append(f"whether {case.name} is always beaten")
        return
    if not (len(winners) == 1 and _is_conflict(case, winners[0])):
        yield _build_beaten(inquiry, case, winners)


def _is_conflict(case: Case, other: Case) -> bool:
    """Whether only the name decides between two answers: that is said once, as a conflict."""
    is_tied = case.rule.order[:2] == other.rule.order[:2]
    return is_tied and case.rule.then != other.rule.then


def _always_beat(solver: Solver, case: Case, others: Iterable[Case]) -> bool:
    denials = [each.denials for each in others if each.denials is not None]
    return solver.find_world([case.alternatives, *denials]) is None


def _find_fewest(solver: Solver, case: Case, others: Sequence[Case]) -> list[Case]:
    """One rule that beats it alone if there is one, else none that could be missed."""
    for each in others:
        if implies(solver, case, each):
            return [each]
    needed = list(others)
    for each in others:
        fewer = [one for one in needed if one is not each]
        if _always_beat(solver, case, fewer):
            needed = fewer
    return needed


def _build_beaten(inquiry: Inquiry, case: Case, winners: Sequence[Case]) -> Finding:
    rules = [each.rule for each in winners]
    proven = inquiry.prove(
        inquiry.find_worlds([case.alternatives]),
        lambda trial: trial.holds(case.rule) and trial.winner in rules,
    )
    names = join([each.name for each in winners])
    is_same = all(each.then == case.rule.then for each in rules)
    code = "unreachable"
    if is_same:
        twin = len(winners) == 1 and _ask_alike(case, winners[0])
        code = "redundant" if twin else "subsumed"
    shown = f": {quote(proven.witness.text)} fits it too" if proven and proven.witness.text else ""
    return Finding(
        level="INFO" if code == "subsumed" else "WARNING",
        code=code,
        where=case.where,
        message=_BEATEN[code].format(name=case.name, others=names, shown=shown),
        rules=(case.name, *(each.name for each in winners)),
        witness=proven.witness if proven else None,
        logged=proven.logged if proven else None,
    )


_BEATEN = {
    "unreachable": "{name} never answers: whenever it could, {others} wins before it{shown}.",
    "subsumed": "{name} is not needed: whenever it could answer, {others} already gives the same"
    " answer{shown}.",
    "redundant": "{name} and {others} are the same rule twice: the same condition and the same"
    " answer{shown}. Delete one.",
}


def _ask_alike(case: Case, other: Case) -> bool:
    return _unordered(case.alternatives) == _unordered(other.alternatives)


def _unordered(alternatives: Iterable[Alternative]) -> frozenset[frozenset[Literal]]:
    return frozenset(map(frozenset, alternatives))


def _build_redundant(inquiry: Inquiry, case: Case, other: Case) -> Iterator[Finding]:
    proven = inquiry.prove(
        inquiry.find_worlds([case.alternatives]),
        lambda trial: trial.is_won_by(case.rule) and trial.holds(other.rule),
    )
    if proven is not None:
        yield Finding(
            level="INFO",
            code="redundant",
            where=case.where,
            message=(
                f"Without {case.name}, {other.name} would give the same answer to"
                f" {quote(proven.witness.text)}: you can delete {case.name}."
            ),
            rules=(case.name, other.name),
            witness=proven.witness,
            logged=proven.logged,
        )
