"""What guards leave behind for whoever reviews an answer: never logged, it quotes the model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

MAX_CHARACTERS = 400  # of a sentence that is kept
MAX_FOUND = 8


@dataclass(frozen=True, slots=True)
class Note:
    """One sentence that a guard did not let pass as it was.

    `outcome` is `replaced`, `withheld`, `repaired` (the model was asked again and said it well) or
    `refused` (the answer was given up for it).
    """

    reason: str
    outcome: str
    sentence: str
    found: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "reason": self.reason,
            "outcome": self.outcome,
            "sentence": self.sentence[:MAX_CHARACTERS],
            "found": list(self.found[:MAX_FOUND]),
        }
