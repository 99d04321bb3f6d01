"""Conditions in words that a shop owner understands."""

from collections.abc import Iterable, Mapping

from rules.language.facts import LOCAL_CLOCK, UTC_CLOCK, Scalar
from rules.rulebook.alternatives import Literal

_OPERATORS = {
    "is": "is",
    "in": "is",
    "not": "is not",
    "not_in": "is not",
    "at_least": "is at least",
    "at_most": "is at most",
    "above": "is above",
    "below": "is below",
}


def tell(literal: Literal) -> str:
    """A test in words: `order_number is known`, `hours is not open`."""
    test = literal.test
    kind, _, name = test.fact.partition(".")
    if test.fact in {LOCAL_CLOCK, UTC_CLOCK}:
        return "its time has come" if literal.positive else "its time has not come"
    if test.fact == "intents" and test.operator in {"is", "in"}:
        return f"the message is {_no(literal)}about {_tell_values(test.operand)}"
    subject = name if kind in {"slot", "entity"} else test.fact
    if test.operator == "known":
        if kind == "entity":
            return f"{subject} is {_no(literal)}in the message"
        return f"{subject} is {_no(literal)}known"
    if kind == "entity":
        subject = f"{subject} in the message"
    verb = _OPERATORS[test.operator]
    told = f"{subject} {verb} {_tell_values(test.operand)}"
    return told if literal.positive else f"not so that {told}"


def _no(literal: Literal) -> str:
    return "" if literal.positive else "not "


def tell_all(literals: Iterable[Literal]) -> str:
    return join(dict.fromkeys(map(tell, literals)))


def join(parts: Iterable[str], word: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    *first, last = list(parts) or [""]
    return f"{', '.join(first)} {word} {last}" if first else last


def _tell_values(operand: Scalar | tuple[Scalar, ...]) -> str:
    values = operand if isinstance(operand, tuple) else (operand,)
    shown = [*map(tell_value, values[:5]), *(["…"] if len(values) > 5 else [])]
    return join(shown, "or")


def tell_value(value: Scalar) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def tell_facts(facts: Mapping[str, Scalar]) -> str:
    """`hours is open, turn is 3`."""
    return ", ".join(f"{name} is {tell_value(value)}" for name, value in facts.items())


def quote(text: str) -> str:
    return f"“{text}”"
