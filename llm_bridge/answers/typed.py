"""The form of an answer: what to say, what happens next, why, and what it rests on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from llm_bridge.values import Action, Schema, Source

# Why a model hands over; the codes are those of the conversation's handoff reasons.
REASONS = (
    "customer_request",
    "missing_knowledge",
    "unsupported_request",
    "policy_restriction",
    "tool_failure",
    "pending_clarification",
)
# A model that hands over without saying why most often knows no answer.
DEFAULT_REASON = "missing_knowledge"
CLARIFICATION = "pending_clarification"

# `action` first: a model that hands over is known to before a word of it is shown.
FIELDS = ("action", "answer", "reason", "used_sources")
SCHEMA = Schema(
    name="answer",
    schema={
        "type": "object",
        "properties": {
            "action": {"type": "string", "enum": [action.value for action in Action]},
            "answer": {"type": "string"},
            "reason": {"type": "string", "enum": ["none", *REASONS]},
            "used_sources": {"type": "array", "items": {"type": "integer"}},
        },
        "required": list(FIELDS),
        "additionalProperties": False,
    },
)

_ACTION_WORDS = {
    "hand_off": Action.HANDOFF,
    "handover": Action.HANDOFF,
    "hand_over": Action.HANDOFF,
    "escalate": Action.HANDOFF,
    "transfer": Action.HANDOFF,
    "clarification": Action.CLARIFY,
    "ask": Action.CLARIFY,
}


@dataclass(frozen=True, slots=True)
class Said:
    """An answer's fields as the model wrote them; None where it wrote nothing."""

    action: str | None = None
    reason: str | None = None
    used: tuple[str, ...] | None = None


def find_action(said: Said) -> Action:
    """The action that was meant; what is unknown goes on."""
    word = _build_word(said.action)
    return _ACTION_WORDS.get(word) or Action(word if word in set(Action) else Action.CONTINUE)


def find_reason(said: Said, action: Action) -> str:
    """The reason's code: empty where nothing is handed over or asked back."""
    if action is Action.CONTINUE:
        return ""
    if action is Action.CLARIFY:
        return CLARIFICATION
    word = _build_word(said.reason)
    return word if word in REASONS else DEFAULT_REASON


def find_used(said: Said, sources: Sequence[Source]) -> tuple[int, ...] | None:
    """The positions of the sources the answer rests on; None where the model did not say.

    It did not say, either, when it named none that was shown to it.
    """
    if said.used is None:
        return None
    names = [name for each in said.used for name in (each, *each.split(","))]
    found = {at for name in names if (at := _find_source(name, sources)) is not None}
    return tuple(sorted(found)) if found or not said.used else None


def _find_source(name: str, sources: Sequence[Source]) -> int | None:
    """By its number, however it is put (`2`, `[2]`, `source 2`), its title or its address."""
    plain = name.strip().casefold()
    for at, source in enumerate(sources):
        if plain and plain in {source.title.strip().casefold(), source.url.casefold()}:
            return at
    number = re.fullmatch(r"[^\d-]{0,20}(\d{1,4})(?:\.0)?\D{0,3}", plain, re.ASCII)
    return int(number[1]) - 1 if number and 1 <= int(number[1]) <= len(sources) else None


def _build_word(text: str | None) -> str:
    return re.sub(r"[\s-]+", "_", (text or "").strip().casefold())
