"""The compiler: a rulebook's conditions as alternatives of atoms, filed so as to be found.

Every distinct test is an atom; a condition becomes chains, each a set of atoms that must be true
and one of atoms that must not. A chain is filed under its rarest value of a fact, where that is
crowded under a second one too, so that a message meets few chains that it cannot make true.
"""

import heapq
import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from rules.engine.atoms import Atom, AtomKey, Facts, build_atom, build_atom_key, build_checked
from rules.engine.filing import Cabinet, Chain, file_chains
from rules.rulebook.alternatives import Alternative, build_alternatives, build_literal
from rules.rulebook.parts import Rule, Rulebook

PART = 500  # rules sorted at once
MAX_NEEDS = 4  # atoms of a candidate; where there are more, the last stands for the rest
MAX_EXCLUDES = 2


@dataclass(frozen=True, slots=True)
class Candidate:
    """A chain whose place in the index says part of it: what is left to be found out."""

    rule: Rule
    needs: tuple[Atom, ...]
    excludes: tuple[Atom, ...]

    def holds(self, facts: Facts) -> bool:
        """In plain Python, for facts that led to it."""
        for fact, kind, passes, check in self.needs:
            value = facts.get(fact)
            if not (passes(value) if type(value) is kind else check(facts)):
                return False
        return not any(atom.holds(facts) for atom in self.excludes)


@dataclass(frozen=True, slots=True)
class Program:
    """All a decision needs besides the engine."""

    candidates: tuple[Candidate, ...]  # in the total order of their rules
    index: Cabinet


def build_program(rulebook: Rulebook) -> Program:
    """Compile a rulebook; the same rulebook always gives the same program."""
    return compile_chains(
        (rule, chain)
        for rule in sort_rules(rulebook.rules.values())
        for chain in dict.fromkeys(map(build_chain, find_ways(rule)))
        if not chain.needs & chain.excludes
    )


def sort_rules(rules: Iterable[Rule]) -> Iterator[Rule]:
    """In the total order, bit by bit: sorting thousands at once holds up every other thread."""
    keyed = ((rule.order, rule) for rule in rules)
    parts = []
    while part := sorted(itertools.islice(keyed, PART)):  # no two orders are equal
        parts.append(part)
    return (rule for _, rule in heapq.merge(*parts))


def find_ways(rule: Rule) -> Iterator[Alternative]:
    """A rule's alternatives, each with what the rule implies."""
    extra = tuple(build_literal(test, positive=True) for test in rule.implied)
    for alternative in build_alternatives(rule.when):
        yield alternative + extra


def build_chain(way: Alternative) -> Chain:
    atoms = [(build_atom_key(literal.test), literal.positive) for literal in way]
    return Chain(
        needs=frozenset(atom for atom, positive in atoms if positive),
        excludes=frozenset(atom for atom, positive in atoms if not positive),
    )


def compile_chains(chains: Iterable[tuple[Rule, Chain]]) -> Program:
    """File chains that come in the order in which they are to be asked."""
    rules: list[Rule] = []
    ordered: list[Chain] = []
    for rule, chain in chains:
        rules.append(rule)
        ordered.append(chain)
    index, proven = file_chains(ordered)
    return Program(candidates=tuple(_build_candidates(rules, ordered, proven)), index=index)


def _build_candidates(
    rules: list[Rule], ordered: list[Chain], proven: list[frozenset[AtomKey]]
) -> Iterator[Candidate]:
    """Uses the lists up: so many things let go of at once would hold up every other thread."""
    atoms = _Atoms()
    for each in (rules, ordered, proven):
        each.reverse()
    while rules:
        rule, chain, known = rules.pop(), ordered.pop(), proven.pop()
        yield Candidate(
            rule=rule,
            needs=_join(atoms.get(chain.needs - known), all, MAX_NEEDS),
            excludes=_join(atoms.get(chain.excludes), any, MAX_EXCLUDES),
        )


def _join(
    atoms: tuple[Atom, ...], join: Callable[[Iterator[bool]], bool], most: int
) -> tuple[Atom, ...]:
    """At most so many, the last one joining what is too much."""
    if len(atoms) <= most:
        return atoms
    rest = atoms[most - 1 :]
    joined = build_checked(lambda facts: join(atom.holds(facts) for atom in rest))
    return (*atoms[: most - 1], joined)


class _Atoms:
    """Equal atoms are one."""

    def __init__(self) -> None:
        self._known: dict[AtomKey, Atom] = {}

    def get(self, keys: frozenset[AtomKey]) -> tuple[Atom, ...]:
        return tuple(map(self._get_one, keys))

    def _get_one(self, key: AtomKey) -> Atom:
        if (atom := self._known.get(key)) is None:
            atom = self._known[key] = build_atom(key)
        return atom
