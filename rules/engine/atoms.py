"""Atoms: every distinct test of a rulebook as a number, and which of them facts make true."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from rules.language.facts import Fact, Scalar
from rules.rulebook.parts import Test

Key: TypeAlias = str | int | float | tuple[bool]
AtomKey: TypeAlias = tuple[str, str, frozenset[Key]]


def build_key(value: Scalar) -> Key:
    """Equal exactly when the values are equal and of one type (whole and broken numbers are)."""
    return (value,) if isinstance(value, bool) else value


def build_atom_key(test: Test) -> AtomKey:
    """Tests with one meaning have one key: `is` is an `in` of one value."""
    operand = test.operand if isinstance(test.operand, tuple) else (test.operand,)
    operator = {"is": "in", "not": "not_in"}.get(test.operator, test.operator)
    return (test.fact, operator, frozenset(build_key(value) for value in operand))


@dataclass(slots=True)
class _Thresholds:
    """Atoms of one comparison on one fact, by rising threshold."""

    operator: str
    values: list[float] = field(default_factory=list)
    atoms: list[int] = field(default_factory=list)

    def find(self, value: float) -> list[int]:
        if self.operator == "at_least":
            return self.atoms[: bisect_right(self.values, value)]
        if self.operator == "above":
            return self.atoms[: bisect_left(self.values, value)]
        if self.operator == "at_most":
            return self.atoms[bisect_left(self.values, value) :]
        return self.atoms[bisect_right(self.values, value) :]


@dataclass(slots=True)
class _FactIndex:
    """All atoms about one fact, arranged so that a value finds the true ones at once."""

    known: set[int] = field(default_factory=set)
    equal: dict[Key, list[int]] = field(default_factory=lambda: defaultdict(list))
    unequal: set[int] = field(default_factory=set)
    falsified: dict[Key, list[int]] = field(default_factory=lambda: defaultdict(list))
    thresholds: list[_Thresholds] = field(default_factory=list)

    def collect(self, values: tuple[Scalar, ...], true: set[int]) -> None:
        true |= self.known
        keys = [build_key(value) for value in values]
        for key in keys:
            if key in self.equal:
                true.update(self.equal[key])
        if self.unequal:
            true |= self.unequal.difference(
                *(self.falsified[key] for key in keys if key in self.falsified)
            )
        for thresholds in self.thresholds:
            for value in values:
                if not isinstance(value, str | bool):
                    true.update(thresholds.find(value))


class AtomIndex:
    """Numbers the tests it is given and finds those that hold."""

    def __init__(self, tests: Iterable[Test]) -> None:
        self._numbers: dict[AtomKey, int] = {}
        for test in tests:
            self._numbers.setdefault(build_atom_key(test), len(self._numbers))
        self._facts: dict[str, _FactIndex] = defaultdict(_FactIndex)
        comparisons: dict[tuple[str, str], list[tuple[float, int]]] = defaultdict(list)
        for (fact, operator, keys), atom in self._numbers.items():
            index = self._facts[fact]
            if operator == "known":
                index.known.add(atom)
            elif operator == "in":
                for key in keys:
                    index.equal[key].append(atom)
            elif operator == "not_in":
                index.unequal.add(atom)
                for key in keys:
                    index.falsified[key].append(atom)
            else:
                comparisons[fact, operator] += [
                    (key, atom) for key in keys if isinstance(key, int | float)
                ]
        for (fact, operator), pairs in comparisons.items():
            pairs.sort()
            self._facts[fact].thresholds.append(
                _Thresholds(operator, [value for value, _ in pairs], [atom for _, atom in pairs])
            )

    def __len__(self) -> int:
        return len(self._numbers)

    def get_number(self, test: Test) -> int:
        return self._numbers[build_atom_key(test)]

    def build_labels(self) -> dict[int | None, str]:
        """For each atom, and for none, a text that is the same in every process."""
        return {None: "*"} | {
            atom: f"{fact}|{operator}|{sorted(map(repr, keys))}"
            for (fact, operator, keys), atom in self._numbers.items()
        }

    def build_breadths(self) -> list[int]:
        """For each atom how much of what may be said makes it true: 0 little, 2 nearly all."""
        return [
            2 if operator not in {"in", "known"} else int(len(keys) > 1 or operator == "known")
            for _, operator, keys in self._numbers
        ]

    def find_true(self, facts: Mapping[str, Fact]) -> set[int]:
        """The numbers of all tests that hold; what is absent makes none hold."""
        true: set[int] = set()
        for name, value in facts.items():
            index = self._facts.get(name)
            if index is not None and value != ():
                index.collect(value if isinstance(value, tuple) else (value,), true)
        return true
