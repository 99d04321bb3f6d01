"""What each fact can be: the values worth trying, so that trying them decides exactly."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rules.language.facts import Scalar
from rules.reference import is_same, kind_of
from rules.rulebook.alternatives import Literal
from rules.rulebook.parts import Rulebook, SetSlot

_OTHERS = ("other", "another", "something else", "none of these")


@dataclass(frozen=True, slots=True)
class Domain:
    """The values a fact takes in a conversation; `values` None: any of its kind."""

    values: tuple[Scalar, ...] | None = None
    least: int | None = None  # a whole number from here on
    is_always_there: bool = False

    def has(self, value: Scalar) -> bool:
        if self.least is not None:
            return type(value) is int and value >= self.least
        return self.values is None or any(is_same(value, each) for each in self.values)


ANYTHING = Domain()


def build_domains(rulebook: Rulebook) -> dict[str, Domain]:
    """By fact: what conversations bring, and what can fill each slot."""
    domains = {
        "site": Domain(is_always_there=True),
        "language": Domain(is_always_there=True),
        "hours": Domain(values=("open", "closed"), is_always_there=True),
        "turn": Domain(least=1, is_always_there=True),
        "repeat": Domain(least=0, is_always_there=True),
        "agents_online": Domain(least=0, is_always_there=True),
        "last_rule": Domain(values=tuple(rulebook.rules)),
        "last_rule_run": Domain(least=1),
        "last_rejected": Domain(values=(True, False)),
    }
    for slot, values in find_slot_values(rulebook).items():
        if values is not None:
            domains[f"slot.{slot}"] = Domain(values=tuple(values))
    return domains


def find_slot_values(rulebook: Rulebook) -> dict[str, list[Scalar] | None]:
    """For each slot the values that something can put there; None where they are open."""
    filled: dict[str, list[Scalar] | None] = {
        entity.name: [value.name for value in entity.values] if entity.values else None
        for entity in rulebook.entities.values()
    }
    for action in find_sets(rulebook):
        known = filled.setdefault(action.slot, [])
        if isinstance(action.value, str) and "{" in action.value:
            filled[action.slot] = None
        elif known is not None:
            known.append(action.value)
    return filled


def find_sets(rulebook: Rulebook) -> Iterator[SetSlot]:
    for rule in rulebook.rules.values():
        yield from (action for action in rule.then if isinstance(action, SetSlot))


def find_operands(literals: Iterable[Literal]) -> Iterator[Scalar]:
    """The values that tests compare with, those that must be met first."""
    for literal in sorted(literals, key=lambda each: not each.positive):
        operand = literal.test.operand
        if literal.test.operator != "known":
            yield from operand if isinstance(operand, tuple) else (operand,)


def build_candidates(literals: Sequence[Literal], domain: Domain) -> list[Scalar]:
    """At least one value of every kind that these tests can tell apart."""
    operands = list(dict.fromkeys(map(_Typed, find_operands(literals))))
    values = [each.value for each in operands]
    numbers = sorted({value for value in values if _is_number(value)}, key=float)
    texts = {value for value in values if isinstance(value, str)}
    found: list[Scalar] = [*values, *(domain.values or ()), *_find_neighbours(numbers)]
    if domain.least is not None:
        found += [domain.least, domain.least + 1]
    found.append(next(each for each in (*_OTHERS, "-" * 99) if each not in texts))
    found += [True, False]
    return [each.value for each in dict.fromkeys(map(_Typed, found)) if domain.has(each.value)]


def _find_neighbours(numbers: Sequence[Scalar]) -> Iterator[Scalar]:
    for number in numbers:
        yield from (number + 1, number - 1)  # type: ignore[operator]
    for one, other in itertools.pairwise(numbers):
        yield (float(one) + float(other)) / 2


def _is_number(value: Scalar) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


@dataclass(frozen=True, slots=True)
class _Typed:
    """A value that equals only its own kind: 1, "1" and true differ."""

    value: Scalar

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Typed):
            return NotImplemented
        return is_same(self.value, other.value)

    def __hash__(self) -> int:
        return hash((kind_of(self.value), self.value))
