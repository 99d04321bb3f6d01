"""Conditions in normal form: a list of alternatives, each a set of tests that must (not) hold."""

import itertools
import math
from dataclasses import dataclass
from typing import TypeAlias

from rules.rulebook.parts import AllOf, Condition, NoneOf, Test

MAX_ALTERNATIVES = 64


@dataclass(frozen=True, slots=True)
class Literal:
    """A test, or its negation; absence is always the negation of `known: true`."""

    test: Test
    positive: bool


Alternative: TypeAlias = tuple[Literal, ...]


def build_alternatives(condition: Condition) -> list[Alternative]:
    """The disjunctive normal form, not simplified; count it first."""
    return _expand(condition, positive=True)


def _expand(condition: Condition, *, positive: bool) -> list[Alternative]:
    if isinstance(condition, Test):
        return [(build_literal(condition, positive=positive),)]
    parts = [_expand(part, positive=_part_sign(condition, positive)) for part in condition.parts]
    if _is_conjunction(condition, positive):
        return [tuple(itertools.chain(*choice)) for choice in itertools.product(*parts)]
    return list(itertools.chain(*parts))


def count_alternatives(condition: Condition, *, positive: bool = True) -> int:
    """How many alternatives there would be, without building any."""
    if isinstance(condition, Test):
        return 1
    sign = _part_sign(condition, positive)
    counts = [count_alternatives(part, positive=sign) for part in condition.parts]
    return math.prod(counts) if _is_conjunction(condition, positive) else sum(counts)


def has_positive_leaf(condition: Condition, *, positive: bool = True) -> bool:
    """Whether some leaf asks for something to be there."""
    if isinstance(condition, Test):
        return build_literal(condition, positive=positive).positive
    sign = _part_sign(condition, positive)
    return any(has_positive_leaf(part, positive=sign) for part in condition.parts)


def build_literal(test: Test, *, positive: bool) -> Literal:
    if test.operator == "known" and test.operand is False:
        return Literal(test=Test(test.fact, "known", True), positive=not positive)
    return Literal(test=test, positive=positive)


def _part_sign(condition: Condition, positive: bool) -> bool:
    return not positive if isinstance(condition, NoneOf) else positive


def _is_conjunction(condition: Condition, positive: bool) -> bool:
    """`all` is one, and so is `none` (no part holds); a negation turns either round."""
    return isinstance(condition, AllOf | NoneOf) == positive
