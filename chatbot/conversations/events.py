"""Events as they travel: drafts on their way into the log, and the wire form on their way out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin
from uuid import UUID

from django.conf import settings

from chatbot.conversations.models import Event, Kind, Sender, Source, Status

Frame = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An event that has no number yet: the log gives it one."""

    kind: Kind = Kind.MESSAGE
    sender: Sender
    text: str = ""
    source: Source | None = None
    exchange_id: UUID | None = None
    client_id: UUID | None = None
    options: tuple[str, ...] = ()
    language: str | None = None  # where it is known and not the visitor's
    sources: tuple[Mapping[str, str], ...] = ()
    status: Status | None = None
    agent: str = ""
    rating: str = ""

    def build_extra(self) -> dict[str, Any]:
        """What few events have, as one JSON object without empty members."""
        extra = {
            "options": list(self.options),
            "language": self.language,
            "sources": [dict(source) for source in self.sources],
            "status": self.status,
            "agent": self.agent,
            "rating": self.rating,
        }
        return {key: value for key, value in extra.items() if value}


def build_event(event: Event) -> Frame:
    """The event of INTERFACE: always the same members, optional ones only where they apply."""
    extra = event.extra
    wire: Frame = {
        "seq": event.seq,
        "kind": event.kind,
        "sender": event.sender,
        "text": event.text,
        "source": event.source,
        "exchange": str(event.exchange_id) if event.exchange_id else None,
        "options": extra.get("options", []),
        "sources": [_build_source(source) for source in extra.get("sources", [])],
        "at": event.at.isoformat(),
    }
    if event.client_id:
        wire["client_id"] = str(event.client_id)
    for name in ("status", "discarded", "agent", "rating", "language"):
        if name in extra:
            wire[name] = extra[name]
    return wire


def build_frame(event: Event) -> Frame:
    return {"type": "event", "event": build_event(event)}


def _build_source(source: Mapping[str, str]) -> dict[str, str]:
    return {"title": source["title"], "url": urljoin(settings.PUBLIC_URL, source["url"])}
