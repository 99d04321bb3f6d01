"""What would make a condition hold: words to add to the message, or a fact to state beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from rules.console.attempts import write_value
from rules.language.facts import is_derived
from rules.rulebook.parts import Test


@dataclass(frozen=True, slots=True)
class Addition:
    """`words` go into the message, a `fact` beside it."""

    kind: Literal["words", "fact"]
    text: str  # the words, or the fact's value as it is typed
    name: str = ""  # of the fact


def find_addition(leaf: Test) -> Addition | None:
    """The fact that turns a leaf, where stating one can."""
    if is_derived(leaf.fact) or leaf.fact == "now" or leaf.operand is False:
        return None
    if leaf.operator == "known":
        return Addition("fact", "something", leaf.fact)
    if leaf.operator in {"not", "not_in"}:
        return Addition("fact", "other", leaf.fact)
    value: Any = leaf.operand[0] if isinstance(leaf.operand, tuple) else leaf.operand
    if leaf.operator in {"above", "below"} and isinstance(value, int | float):
        value += 1 if leaf.operator == "above" else -1
    return Addition("fact", write_value(value), leaf.fact)
