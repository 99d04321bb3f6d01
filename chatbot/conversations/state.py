"""What the rules remember of a conversation from one message to the next."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from rules.decision import Asked, Decision, Scalar, parse_asked
from rules.engine.words import find_words
from rules.memory import build_last_facts


@dataclass(slots=True, kw_only=True)  # not frozen: that is a third of what making one costs
class State:
    """Kept as JSON on the conversation; a value of its own so that no turn half-changes it."""

    slots: Mapping[str, Scalar] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    asked: Asked | None = None
    turn: int = 0
    repeat: int = 0
    last_text: str = ""
    last: Mapping[str, Scalar] = field(default_factory=dict)  # facts of the last answer
    is_rejected: bool = False  # the last answer had a thumb down

    def to_json(self) -> dict[str, Any]:
        return {
            "slots": dict(self.slots),
            "tags": list(self.tags),
            "asked": self.asked.to_json() if self.asked else None,
            "turn": self.turn,
            "repeat": self.repeat,
            "last_text": self.last_text,
            "last": dict(self.last),
            "is_rejected": self.is_rejected,
        }

    def hear(self, text: str) -> State:
        """The state in which `text` is decided: one more turn, perhaps the same words again."""
        words = " ".join(find_words(text, text.casefold()))
        digest = hashlib.blake2b(words.encode(), digest_size=8).hexdigest()
        again = self.repeat + 1 if digest == self.last_text else 0
        return State(
            slots=self.slots,
            tags=self.tags,
            asked=self.asked,
            turn=self.turn + 1,
            repeat=again,
            last_text=digest,
            last=self.last,
            is_rejected=self.is_rejected,
        )

    def settle(self, decision: Decision) -> State:
        """The state that a decision leaves behind; while webhooks are asked nothing is said yet."""
        is_said = decision.call is None
        tags = self.tags
        if decision.tags:
            tags = tuple(dict.fromkeys((*tags, *decision.tags)))
        return State(
            slots=decision.slots,
            tags=tags,
            asked=decision.asked,
            turn=self.turn,
            repeat=self.repeat,
            last_text=self.last_text,
            last=build_last_facts(decision, self.last) if is_said else self.last,
            is_rejected=self.is_rejected and not is_said,
        )

    def hand_back(self) -> State:
        """The state in which the bot goes on: the last answer was a person's."""
        return replace(self, last={})

    def find_news(self, slots: Mapping[str, Scalar]) -> dict[str, Scalar]:
        """The slots that are no longer as they were."""
        return {name: value for name, value in self.slots.items() if slots.get(name) != value}


def parse_state(value: Mapping[str, Any]) -> State:
    if not value:
        return State()
    asked = value["asked"]
    return State(
        slots=value["slots"],
        tags=tuple(value["tags"]),
        asked=parse_asked(asked) if asked else None,
        turn=value["turn"],
        repeat=value["repeat"],
        last_text=value["last_text"],
        last=value.get("last", {}),
        is_rejected=value.get("is_rejected", False),
    )
