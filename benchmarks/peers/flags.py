"""Tests on facts as named flags, for peers that compare variables only for equality."""

from collections.abc import Callable
from typing import Any

Test = list[Any]  # fact, operator, operand
_HOLDS: dict[str, Callable[[Any, Any], bool]] = {
    "ne": lambda value, operand: value != operand,
    "in": lambda value, operand: value in operand,
    "ge": lambda value, operand: value >= operand,
    "le": lambda value, operand: value <= operand,
}


def name_flag(test: Test) -> tuple[str, str]:
    """The variable and the value that it must have for a test to hold."""
    fact, operator, operand = test
    if operator == "eq":
        return fact.replace("_", ""), str(operand)
    words = operand if isinstance(operand, list) else [operand]
    return f"{fact}{operator}{''.join(map(str, words))}".replace("_", ""), "yes"


class Flags:
    """What the host computes for each message: one variable for each distinct test."""

    def __init__(self, rules: list[dict[str, Any]]) -> None:
        tests = {name_flag(test)[0]: test for rule in rules for test in rule["tests"]}
        self._tests = {name: test for name, test in tests.items() if test[1] != "eq"}

    def compute(self, facts: dict[str, Any]) -> dict[str, str]:
        values = {name.replace("_", ""): str(value) for name, value in facts.items()}
        for name, (fact, operator, operand) in self._tests.items():
            values[name] = "yes" if _HOLDS[operator](facts[fact], operand) else "no"
        return values
