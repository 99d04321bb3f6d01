"""Conditions on facts, leaf by leaf, in two-valued logic."""

from collections.abc import Callable, Mapping

from rules.language.facts import Fact, Scalar
from rules.rulebook.parts import AllOf, AnyOf, Condition, Rule, Test


def rule_holds(rule: Rule, facts: Mapping[str, Fact]) -> bool:
    """What a rule says, and what it implies: nothing is asked or called twice, none too late."""
    return all(holds(test, facts) for test in rule.implied) and holds(rule.when, facts)


def holds(condition: Condition, facts: Mapping[str, Fact]) -> bool:
    if isinstance(condition, Test):
        return leaf_holds(condition, facts.get(condition.fact))
    results = (holds(part, facts) for part in condition.parts)
    if isinstance(condition, AllOf):
        return all(results)
    return any(results) if isinstance(condition, AnyOf) else not any(results)


def leaf_holds(test: Test, fact: Fact | None) -> bool:
    """What is absent makes every test false except `known: false`."""
    present = fact is not None and fact != ()
    if test.operator == "known":
        return present is test.operand
    if fact is None or not present:
        return False
    values = fact if isinstance(fact, tuple) else (fact,)
    operands = test.operand if isinstance(test.operand, tuple) else (test.operand,)
    if test.operator in {"not", "not_in"}:
        return not any(is_same(value, operand) for value in values for operand in operands)
    compare = _COMPARISONS[test.operator]
    return any(compare(value, operand) for value in values for operand in operands)


def is_same(one: Scalar, other: Scalar) -> bool:
    """Typed equality: 1, "1" and true differ, 1 and 1.0 do not."""
    return kind_of(one) == kind_of(other) and one == other


def kind_of(value: Scalar) -> str:
    if isinstance(value, bool):
        return "flag"
    return "text" if isinstance(value, str) else "number"


def _compare(operator: Callable[[float, float], bool]) -> Callable[[Scalar, Scalar], bool]:
    def compare(one: Scalar, other: Scalar) -> bool:
        if isinstance(one, bool | str) or isinstance(other, bool | str):
            return False
        return operator(one, other)

    return compare


_COMPARISONS: Mapping[str, Callable[[Scalar, Scalar], bool]] = {
    "is": is_same,
    "in": is_same,
    "at_least": _compare(lambda one, other: one >= other),
    "at_most": _compare(lambda one, other: one <= other),
    "above": _compare(lambda one, other: one > other),
    "below": _compare(lambda one, other: one < other),
}
