"""Cases: each rule with what the solver needs, and which others may have to do with it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from rules.explanation import build_whole
from rules.findings.domains import build_domains
from rules.findings.groups import find_group
from rules.language.facts import Scalar
from rules.rulebook.alternatives import (
    MAX_ALTERNATIVES,
    Alternative,
    Literal,
    build_alternatives,
    count_alternatives,
)
from rules.rulebook.parts import Condition, NoneOf, Rule, Rulebook, count_leaves

MAX_RELATED = 100  # rules compared with one
_MAX_VALUES = 8  # of `in`: with more, the rule is kept under its fact alone

Key = tuple[str, Scalar | None, str]  # what hangs together, a value, the value's type


@dataclass(frozen=True, slots=True)
class Case:
    """A rule at its place in the total order, with the ways it holds and the ways it does not."""

    rank: int
    rule: Rule
    alternatives: tuple[Alternative, ...]
    denials: tuple[Alternative, ...] | None  # None: too many to spell out
    leaves: int

    @property
    def name(self) -> str:
        return self.rule.name

    @property
    def where(self) -> str:
        return f"rules.{self.rule.name}"

    @property
    def intents(self) -> frozenset[str]:
        """Those that some way of holding asks for."""
        return frozenset(
            intent for alternative in self.alternatives for intent in find_intents(alternative)
        )


def find_intents(alternative: Iterable[Literal]) -> Iterator[str]:
    """The intents that must be present."""
    for each in alternative:
        if each.positive and each.test.fact in {"intents", "intent"}:
            operand = each.test.operand
            if each.test.operator in {"is", "in"}:
                yield from map(str, operand if isinstance(operand, tuple) else (operand,))


def build_case(rule: Rule, rank: int) -> Case:
    whole = build_whole(rule)
    denial = NoneOf((whole,))
    few = count_alternatives(denial) <= MAX_ALTERNATIVES
    return Case(
        rank=rank,
        rule=rule,
        alternatives=tuple(_spell_out(whole)),
        denials=tuple(_spell_out(denial)) if few else None,
        leaves=count_leaves(rule.when),
    )


def _spell_out(condition: Condition) -> list[Alternative]:
    """Those first that ask for least to be there."""
    found = [tuple(dict.fromkeys(each)) for each in build_alternatives(condition)]
    return sorted(found, key=lambda each: (sum(one.positive for one in each), len(each)))


class Casebook:
    """All rules in the total order, and an index from what they ask for."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._rulebook = rulebook
        rules = enumerate(rulebook.sort_rules())
        self.cases = tuple(build_case(rule, rank) for rank, rule in rules)
        self.by_name = {case.name: case for case in self.cases}
        self._always = {
            name for name, domain in build_domains(rulebook).items() if domain.is_always_there
        }
        self._index: dict[Key, list[int]] = defaultdict(list)
        self._by_group: dict[str, list[int]] = defaultdict(list)
        for case in self.cases:
            for key in dict.fromkeys(self._find_anchors(case)):
                self._index[key].append(case.rank)
                self._by_group[key[0]].append(case.rank)

    @cached_property
    def intents(self) -> frozenset[str]:
        """Those that some rule asks for."""
        return frozenset(name for case in self.cases for name in case.intents)

    def find_related(self, case: Case) -> list[Case]:
        """Other rules that may hold where this one does, the most general first."""
        literals = (literal for alternative in case.alternatives for literal in alternative)
        return [each for each in self.find_by_literals(literals) if each.rank != case.rank]

    def find_by_literals(self, literals: Iterable[Literal]) -> list[Case]:
        """Rules that may hold where these tests come out so."""
        ranks: set[int] = set(self._by_group[""])
        for literal in literals:
            ranks.update(self._look_up(literal))
        for group in self._always:
            ranks.update(self._by_group[group][:MAX_RELATED])
        found = sorted(ranks, key=lambda rank: (self.cases[rank].leaves, rank))
        return [self.cases[rank] for rank in found[:MAX_RELATED]]

    def _look_up(self, literal: Literal) -> Sequence[int]:
        group = find_group(literal.test.fact, self._rulebook)
        if not literal.positive or literal.test.operator not in {"is", "in"}:
            return () if group == "intents" else self._by_group[group]
        found = [rank for key in _build_keys(literal, group) for rank in self._index[key]]
        return found + self._index[group, None, ""]

    def _find_anchors(self, case: Case) -> Iterator[Key]:
        for alternative in case.alternatives:
            positive = [each for each in alternative if each.positive]
            anchor = min(positive, key=_measure, default=None)
            if anchor is None:
                yield "", None, ""
            else:
                group = find_group(anchor.test.fact, self._rulebook)
                yield from _build_keys(anchor, group)


def _measure(literal: Literal) -> tuple[bool, bool]:
    """Intents tell rules apart best, then values."""
    return literal.test.fact != "intents", literal.test.operator not in {"is", "in"}


def _build_keys(literal: Literal, group: str) -> list[Key]:
    operand = literal.test.operand
    values = operand if isinstance(operand, tuple) else (operand,)
    if literal.test.operator not in {"is", "in"} or len(values) > _MAX_VALUES:
        return [(group, None, "")]
    return [(group, value, "flag" if isinstance(value, bool) else "") for value in values]
