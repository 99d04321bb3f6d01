"""What one conversation's client knows for certain: what it sent, and every event it was told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

ANSWERERS = {"bot", "system"}

Event = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Message:
    text: str
    client_id: str = field(default_factory=lambda: str(uuid4()))


@dataclass(slots=True)
class Record:
    """Kept by the client alone; the audit holds it against the server's database."""

    conversation: str = ""
    sent: list[Message] = field(default_factory=list)
    events: dict[int, Event] = field(default_factory=dict)
    told_otherwise: list[int] = field(default_factory=list)

    def note(self, event: Event) -> bool:
        """True if the event is new; a known number must always carry the very same event."""
        known = self.events.setdefault(event["seq"], event)
        if known != event:
            self.told_otherwise.append(event["seq"])
        return known is event

    @property
    def last_seq(self) -> int:
        """The last number up to which nothing is missing."""
        last = 0
        while last + 1 in self.events:
            last += 1
        return last

    def is_stored(self, message: Message) -> bool:
        return any(event.get("client_id") == message.client_id for event in self.events.values())

    def find_open_exchanges(self) -> set[str]:
        """Questions that were neither answered nor discarded, as far as the client was told."""
        opened: set[str] = set()
        settled: set[str] = set()
        for event in self.events.values():
            settled |= set(event.get("discarded", ()))
            if event["kind"] == "message" and event["exchange"]:
                side = settled if event["sender"] in ANSWERERS else opened
                side.add(event["exchange"])
        return opened - settled
