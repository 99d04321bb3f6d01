"""Slots and facts that nothing fills, and texts with a hole where a value should be."""

import difflib
from collections.abc import Iterator, Mapping

from rules.findings.cases import Case
from rules.findings.domains import ANYTHING, Domain, build_domains, find_sets
from rules.findings.finding import Finding
from rules.findings.inquiry import Inquiry, Proven, Trial
from rules.findings.solving import TooHard
from rules.findings.telling import join, quote, tell_value
from rules.language.facts import Scalar
from rules.rulebook.alternatives import Literal
from rules.rulebook.parse_actions import PLACEHOLDER
from rules.rulebook.parts import Action, Ask, Call, Reply, SetSlot, Test, walk_leaves

_ALWAYS = frozenset({"site", "language", "hours", "turn", "repeat", "agents_online", "now"})
_MOST_STEPS = 500


def find_impossible_values(inquiry: Inquiry) -> Iterator[Finding]:
    """Tests for a value that the fact never has."""
    domains = _build_domains(inquiry)
    for case in inquiry.iterate_cases():
        for test in dict.fromkeys(walk_leaves(case.rule.when)):
            domain = domains.get(test.fact, ANYTHING)
            operands = test.operand if isinstance(test.operand, tuple) else (test.operand,)
            wrong = [each for each in operands if not domain.has(each)]
            if wrong and test.operator in {"is", "in", "not", "not_in"}:
                yield _build_impossible(inquiry, case, test, wrong[0])


def _build_domains(inquiry: Inquiry) -> Mapping[str, Domain]:
    values = {
        f"entity.{entity.name}": Domain(values=tuple(value.name for value in entity.values))
        for entity in inquiry.rulebook.entities.values()
        if entity.values
    }
    return {**build_domains(inquiry.rulebook), **values}


def _build_impossible(inquiry: Inquiry, case: Case, test: Test, value: Scalar) -> Finding:
    domain = _build_domains(inquiry)[test.fact]
    is_lost = inquiry.solver.find_world([case.alternatives]) is None
    kind, _, name = test.fact.partition(".")
    subject = name if kind in {"slot", "entity"} else test.fact
    known = [tell_value(each) for each in domain.values or ()]
    what = f"only ever {join(map(quote, known[:6]), 'or')}" if known else "a whole number"
    near = difflib.get_close_matches(tell_value(value), known, n=1)
    hint = f" Did you mean {quote(near[0])}?" if near else ""
    return Finding(
        level="WARNING",
        code="impossible_value",
        where=f"{case.where}.when",
        message=(
            f"{case.name} {'never answers: it ' if is_lost else ''}asks whether {subject} is"
            f" {quote(tell_value(value))}, which never happens, as it is {what}.{hint}"
        ),
        rules=(case.name,),
    )


def find_never_filled(inquiry: Inquiry) -> Iterator[Finding]:
    """Slots that only rules set which need them, and answers of webhooks that nobody calls."""
    empty = [f"slot.{name}" for name in _find_unfilled(inquiry)]
    rules = inquiry.rulebook.rules.values()
    called = {action.webhook for rule in rules for action in rule.then if isinstance(action, Call)}
    for case in inquiry.iterate_cases():
        for fact in dict.fromkeys(test.fact for test in walk_leaves(case.rule.when)):
            kind, _, rest = fact.partition(".")
            if kind == "call" and rest.partition(".")[0] not in called:
                why = f"no rule calls {rest.partition('.')[0]}"
                yield _build_never_filled(case, rest, why)
            elif fact in empty:
                yield _build_never_filled(case, rest, "only rules that need it already set it")


def _build_never_filled(case: Case, name: str, why: str) -> Finding:
    return Finding(
        level="WARNING",
        code="never_filled",
        where=f"{case.where}.when",
        message=f"{case.name} looks at {name}, which is never known: {why}.",
        rules=(case.name,),
    )


def _find_unfilled(inquiry: Inquiry) -> list[str]:
    """Slots that no conversation comes to fill, found by filling whatever can be."""
    entities = inquiry.rulebook.entities
    slots = dict.fromkeys(each.slot for each in find_sets(inquiry.rulebook))
    empty = [name for name in slots if name not in entities]
    setters = [
        (case, action.slot)
        for case in inquiry.book.cases
        for action in case.rule.then
        if isinstance(action, SetSlot) and action.slot in empty
    ]
    while filled := {
        slot for case, slot in setters if slot in empty and _runs(inquiry, case, empty)
    }:
        empty = [name for name in empty if name not in filled]
    return empty


def _runs(inquiry: Inquiry, case: Case, empty: list[str]) -> bool:
    inquiry.check_time()
    unknown = tuple(Literal(Test(f"slot.{name}", "known", True), False) for name in empty)
    try:
        return inquiry.solver.find_world([case.alternatives, [unknown]]) is not None
    except TooHard:
        return True


def find_empty_placeholders(inquiry: Inquiry) -> Iterator[Finding]:
    """Texts that a customer would read with a hole in them."""
    for case in inquiry.iterate_cases():
        holes: dict[str, Proven] = {}
        for name in dict.fromkeys(_find_open_names(case)):
            if (proven := _prove_hole(inquiry, case, name)) is not None:
                holes[name] = proven
        if holes:
            yield _build_hole(case, holes)


def _find_open_names(case: Case) -> Iterator[str]:
    """Placeholders that no action before them fills."""
    filled: set[str] = set(_ALWAYS)
    for action in case.rule.then:
        for name in PLACEHOLDER.findall(" ".join(_find_texts(action))):
            if name not in filled and name.removeprefix("slot.") not in filled:
                yield name
        if isinstance(action, SetSlot):
            filled.add(action.slot)


def _find_texts(action: Action) -> Iterator[str]:
    if isinstance(action, Reply):
        yield from (text for _, text in action.text.versions)
    elif isinstance(action, Ask):
        yield from (text for _, text in action.prompt.versions)
    elif isinstance(action, SetSlot) and isinstance(action.value, str):
        yield action.value


def _prove_hole(inquiry: Inquiry, case: Case, name: str) -> Proven | None:
    facts = (f"slot.{name}", f"entity.{name}", name)
    absent = tuple(Literal(Test(fact, "known", True), False) for fact in facts)
    related = inquiry.book.find_related(case)
    earlier = [each.denials for each in related if each.rank < case.rank and each.denials]
    worlds = inquiry.find_worlds([case.alternatives, [absent], *earlier], steps=_MOST_STEPS)

    def has_hole(trial: Trial) -> bool:
        return trial.is_won_by(case.rule) and not any(trial.facts.get(fact) for fact in facts)

    return inquiry.prove(worlds, has_hole)


def _build_hole(case: Case, holes: Mapping[str, Proven]) -> Finding:
    proven = next(iter(holes.values()))
    is_open = all(name.startswith(("call.", "visitor.")) for name in holes)
    shown = join(f"{{{name}}}" for name in holes)
    return Finding(
        level="INFO" if is_open else "WARNING",
        code="empty_placeholder",
        where=f"{case.where}.then",
        message=(
            f"{case.name} answers {quote(proven.witness.text)} with a gap in place of {shown}: add"
            f" the condition that {join(holes)} is known."
        ),
        rules=(case.name,),
        witness=proven.witness,
        logged=proven.logged,
    )
