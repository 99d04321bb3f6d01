"""What goes into the log: a visitor's turn, how it went on, and how its exchange ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from chatbot.conversations.events import Draft
from chatbot.conversations.models import Exchange, HandoffReason
from chatbot.conversations.snapshots import Snapshot


class Moved(Exception):
    """The conversation went on since it was read: read it and decide again."""


class Closed(Exception):
    """The conversation has ended and takes no more messages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """The conversation's move into a queue of people."""

    queue: str
    reason: HandoffReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """How one exchange ends: with a message, and perhaps with a handover or a farewell."""

    draft: Draft
    handover: Handover | None = None
    closes: bool = False
    failure: str = ""
    action: str = ""
    sources: Sequence[dict[str, Any]] = ()
    guarded: Sequence[dict[str, Any]] = ()
    model_call_id: UUID | None = None
    cached_from: UUID | None = None  # the exchange that was first answered so
    is_repeatable: bool = False  # the next who asks may get it, if it is nobody's own

    @property
    def is_last_of_bot(self) -> bool:
        """Whether the bot owns the conversation no longer."""
        return self.closes or self.handover is not None


@dataclass(slots=True, kw_only=True)
class Opening:
    """An exchange as its turn opens it: everything that the reasons are derived from again."""

    id: UUID
    facts: Mapping[str, Any]
    asked: Mapping[str, Any] | None
    release_id: int | None
    engine: str
    paused: list[str]
    semantics: int
    rule: str
    reason: str
    decide_us: int

    def get_columns(self) -> dict[str, Any]:
        """What of it stands in the exchange's row as it is here."""
        return {
            "facts": self.facts,
            "asked": self.asked,
            "release_id": self.release_id,
            "paused": self.paused,
            "engine": self.engine,
            "semantics": self.semantics,
            "rule": self.rule,
            "reason": self.reason,
            "decide_us": self.decide_us,
        }


@dataclass(slots=True, kw_only=True)
class Turn:
    """What one visitor message adds; without an exchange it is only recorded."""

    snapshot: Snapshot
    question: Draft
    now: datetime
    exchange: Opening | None = None
    notices: Sequence[Draft] = ()
    answer: Answer | None = None
    state: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumption:
    """How a turn goes on that waited for webhooks; without an answer it goes to the model."""

    snapshot: Snapshot
    exchange: Exchange
    now: datetime
    notices: Sequence[Draft] = ()
    answer: Answer | None = None
    state: dict[str, Any] = field(default_factory=dict)
