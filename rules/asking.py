"""Open questions: what was asked, how often, and whether it must be asked again."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rules.language.facts import Fact
from rules.rulebook.parts import Ask, Rule


class AskedError(ValueError):
    """Stored state that is no open question."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that waits for its slot: `tries` counts the times it was put."""

    slot: str
    rule: str
    tries: int
    intents: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "slot": self.slot,
            "rule": self.rule,
            "tries": self.tries,
            "intents": list(self.intents),
        }


def parse_asked(value: object) -> Asked:
    """The reverse of `to_json`; raises `AskedError`."""
    match value:
        case {"slot": str(slot), "rule": str(rule), "tries": int(tries), "intents": [*intents]}:
            if all(isinstance(intent, str) for intent in intents):
                return Asked(slot=slot, rule=rule, tries=tries, intents=tuple(intents))
    raise AskedError("not an open question: expected slot, rule, tries and intents")


def find_open_question(
    asked: Asked | None,
    winner: Rule | None,
    rules: Mapping[str, Rule],
    facts: Mapping[str, Fact],
) -> Ask | None:
    """The question to put again: still without its value, and no other rule has an answer.

    A question whose rule no longer asks it (a newer release) has lapsed.
    """
    if asked is None or f"slot.{asked.slot}" in facts:
        return None
    rule = rules.get(asked.rule)
    question = rule.ask if rule else None
    if question is None or question.slot != asked.slot:
        return None
    return question if winner is None or winner.name == asked.rule else None
