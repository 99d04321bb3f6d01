"""Whether conditions can hold together, and on which facts: exact, by trying alternatives."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from rules.findings.groups import Chooser, Facts, find_group
from rules.language.facts import Fact, Scalar, is_derived
from rules.rulebook.alternatives import Alternative, Literal
from rules.rulebook.parts import Rulebook

Clause: TypeAlias = Sequence[Alternative]  # one of these must hold

MAX_STEPS = 3_000  # alternatives tried before a question counts as too hard


class TooHard(Exception):
    """More alternatives than anybody waits for."""


@dataclass(frozen=True, slots=True)
class World:
    """Facts on which everything asked for holds, and what was asked of them."""

    facts: Facts
    literals: tuple[Literal, ...]

    @property
    def intents(self) -> tuple[str, ...]:
        found = self.facts.get("intents", ())
        return tuple(map(str, found)) if isinstance(found, tuple) else ()

    @property
    def given(self) -> dict[str, Scalar]:
        """What must be told besides the message, which says the rest."""
        follows = {f"slot.{name}" for name in self.entities} | set(self._find_implied())
        return {
            name: value
            for name, value in self.facts.items()
            if not is_derived(name) and name not in follows and not isinstance(value, tuple)
        }

    def _find_implied(self) -> Iterator[str]:
        """That a webhook answered is plain from its answer."""
        for name in self.facts:
            answered = f"call.{name.split('.')[1]}.ok" if name.startswith("call.") else name
            if name != answered and self.facts.get(answered) is True:
                yield answered

    @property
    def entities(self) -> dict[str, tuple[Scalar, ...]]:
        """The values that the message must hold."""
        return {
            name.removeprefix("entity."): fact
            for name, fact in self.facts.items()
            if name.startswith("entity.") and name.count(".") == 1 and isinstance(fact, tuple)
        }


@dataclass(frozen=True, slots=True)
class _State:
    """What is decided so far: by group the tests that must come out so, and facts for them."""

    literals: Mapping[str, frozenset[Literal]] = field(default_factory=dict)
    facts: Mapping[str, Facts] = field(default_factory=dict)

    def build_world(self) -> World:
        facts: dict[str, Fact] = {}
        for each in self.facts.values():
            facts |= each
        literals = tuple(literal for group in self.literals.values() for literal in group)
        return World(facts=facts, literals=literals)


class Solver:
    """Finds worlds for one rulebook."""

    def __init__(self, rulebook: Rulebook, chooser: Chooser) -> None:
        self._rulebook = rulebook
        self._chooser = chooser
        self._groups: dict[str, str] = {}

    def find_worlds(self, clauses: Sequence[Clause], *, steps: int = MAX_STEPS) -> Iterator[World]:
        """Worlds in which each clause holds, one for each way it can; raises `TooHard`."""
        for state in self._search(_State(), clauses, 0, [steps]):
            yield state.build_world()

    def find_world(self, clauses: Sequence[Clause], *, steps: int = MAX_STEPS) -> World | None:
        return next(self.find_worlds(clauses, steps=steps), None)

    def _search(
        self, state: _State, clauses: Sequence[Clause], at: int, steps: list[int]
    ) -> Iterator[_State]:
        while at < len(clauses) and self._is_settled(state, clauses[at]):
            at += 1
        if at == len(clauses):
            yield state
            return
        for alternative in clauses[at]:
            if steps[0] <= 0:
                raise TooHard
            steps[0] -= 1
            if (following := self._add(state, alternative)) is not None:
                yield from self._search(following, clauses, at + 1, steps)

    def _is_settled(self, state: _State, clause: Clause) -> bool:
        """Whether what is decided already makes one of them hold."""
        return any(
            all(each in state.literals.get(self._group(each), ()) for each in alternative)
            for alternative in clause
        )

    def _add(self, state: _State, alternative: Alternative) -> _State | None:
        added: dict[str, frozenset[Literal]] = {}
        for literal in alternative:
            group = self._group(literal)
            before = added.get(group, state.literals.get(group, frozenset()))
            added[group] = before | {literal}
        facts = dict(state.facts)
        for group, literals in added.items():
            if literals != state.literals.get(group):
                chosen = self._chooser.choose(group, literals)
                if chosen is None:
                    return None
                facts[group] = chosen
        return _State({**state.literals, **added}, facts)

    def _group(self, literal: Literal) -> str:
        fact = literal.test.fact
        if fact not in self._groups:
            self._groups[fact] = find_group(fact, self._rulebook)
        return self._groups[fact]
