"""Atoms: every distinct test of a rulebook once, so that asking it of the facts costs little."""

import operator
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NamedTuple, TypeAlias, cast

from rules.language.facts import Fact, Scalar
from rules.rulebook.parts import Test

Key: TypeAlias = str | int | float | tuple[bool]
AtomKey: TypeAlias = tuple[str, str, frozenset[Key]]
Facts: TypeAlias = Mapping[str, Fact]
Check: TypeAlias = Callable[[Facts], bool]
Compare: TypeAlias = Callable[[Any, Any], bool]


class Atom(NamedTuple):
    """A test: of a value of one kind by a call that runs no Python, of all others by `check`."""

    fact: str
    kind: type | None
    passes: Callable[[Any], bool]
    check: Check

    def holds(self, facts: Facts) -> bool:
        value = facts.get(self.fact)
        return self.passes(value) if type(value) is self.kind else self.check(facts)


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
    if not isinstance(fact, tuple):
        return (build_key(fact),)
    # Mostly a tuple of texts, which are their own keys.
    return tuple(map(build_key, fact)) if bool in map(type, fact) else cast("tuple[Key, ...]", fact)


def build_atom(key: AtomKey) -> Atom:
    """What is absent makes a test false, as it does every positive one."""
    fact, kind, keys = key
    if kind == "known":
        return build_checked(lambda facts: facts.get(fact, ()) != ())
    if kind == "in":
        # A text is its own key.
        return Atom(fact, str, keys.__contains__, _build_in(fact, keys))
    if kind == "not_in":
        return build_checked(
            lambda facts: bool(found := find_keys(facts.get(fact))) and keys.isdisjoint(found)
        )
    (limit,) = (one for one in keys if isinstance(one, int | float))
    compare, turned = _COMPARISONS[kind]
    return Atom(fact, int, partial(turned, limit), _build_comparison(fact, compare, limit))


def build_checked(check: Check) -> Atom:
    """A test that is Python for every value."""
    return Atom("", None, bool, check)


def _build_in(fact: str, keys: frozenset[Key]) -> Check:
    if not all(isinstance(key, str) for key in keys):
        return lambda facts: not keys.isdisjoint(find_keys(facts.get(fact)))

    def is_text_in(facts: Facts) -> bool:
        value = facts.get(fact)
        return not keys.isdisjoint(value) if isinstance(value, tuple) else value in keys

    return is_text_in


def _build_comparison(fact: str, compare: Compare, limit: float) -> Check:
    def passes(facts: Facts) -> bool:
        value = facts.get(fact)
        if isinstance(value, tuple):
            return any(not isinstance(one, str | bool) and compare(one, limit) for one in value)
        return not (value is None or isinstance(value, str | bool)) and compare(value, limit)

    return passes


# Of a value and the limit, and of the limit and a value.
_COMPARISONS: Mapping[str, tuple[Compare, Compare]] = {
    "at_least": (operator.ge, operator.le),
    "at_most": (operator.le, operator.ge),
    "above": (operator.gt, operator.lt),
    "below": (operator.lt, operator.gt),
}
