"""Atoms: every distinct test of a rulebook once, as a function of the facts."""

import operator
from collections.abc import Callable, Mapping
from typing import TypeAlias

from rules.language.facts import Fact, Scalar
from rules.rulebook.parts import Test

Key: TypeAlias = str | int | float | tuple[bool]
AtomKey: TypeAlias = tuple[str, str, frozenset[Key]]
Facts: TypeAlias = Mapping[str, Fact]
Check: TypeAlias = Callable[[Facts], bool]


def build_key(value: Scalar) -> Key:
    """Equal exactly when the values are equal and of one type (whole and broken numbers are)."""
    return (value,) if isinstance(value, bool) else value


def build_atom_key(test: Test) -> AtomKey:
    """Tests with one meaning have one key: `is` is an `in` of one value."""
    operand = test.operand if isinstance(test.operand, tuple) else (test.operand,)
    kind = {"is": "in", "not": "not_in"}.get(test.operator, test.operator)
    return (test.fact, kind, frozenset(map(build_key, operand)))


def find_keys(fact: Fact | None) -> tuple[Key, ...]:
    """The keys of a fact's values: none when it is absent."""
    if isinstance(fact, str):
        return (fact,)
    if fact is None:
        return ()
    return tuple(map(build_key, fact)) if isinstance(fact, tuple) else (build_key(fact),)


def build_check(atom: AtomKey) -> Check:
    """A test as a function; what is absent makes it false, as it does every positive one."""
    fact, kind, keys = atom
    if kind == "known":
        return lambda facts: facts.get(fact, ()) != ()
    if kind == "in":
        return _build_in(fact, keys)
    if kind == "not_in":
        return lambda facts: bool(found := find_keys(facts.get(fact))) and keys.isdisjoint(found)
    (limit,) = (key for key in keys if isinstance(key, int | float))
    return _build_comparison(fact, _COMPARISONS[kind], limit)


def _build_in(fact: str, keys: frozenset[Key]) -> Check:
    if not all(isinstance(key, str) for key in keys):
        return lambda facts: not keys.isdisjoint(find_keys(facts.get(fact)))

    def is_text_in(facts: Facts) -> bool:
        # The way of nearly every leaf: no text equals a number, so it needs no key.
        value = facts.get(fact)
        return not keys.isdisjoint(value) if isinstance(value, tuple) else value in keys

    return is_text_in


def _build_comparison(fact: str, compare: Callable[[float, float], bool], limit: float) -> Check:
    def passes(facts: Facts) -> bool:
        value = facts.get(fact)
        if isinstance(value, tuple):
            return any(not isinstance(one, str | bool) and compare(one, limit) for one in value)
        return not (value is None or isinstance(value, str | bool)) and compare(value, limit)

    return passes


_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "at_least": operator.ge,
    "at_most": operator.le,
    "above": operator.gt,
    "below": operator.lt,
}
