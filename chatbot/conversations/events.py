"""Events as they travel: drafts on their way into the log, and the wire form on their way out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urljoin
from uuid import UUID

from django.conf import settings

from chatbot.conversations.models import Kind, Sender, Source, Status

Frame = dict[str, Any]


@dataclass(slots=True, kw_only=True)  # not frozen: two of them are made for every message
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
    quotes: tuple[Mapping[str, str], ...] = ()  # never on the wire: see Quote

    def build_extra(self) -> dict[str, Any]:
        """What few events have, as one JSON object without empty members."""
        extra: dict[str, Any] = {}
        if self.options:
            extra["options"] = list(self.options)
        if self.sources:
            extra["sources"] = [dict(source) for source in self.sources]
        if self.quotes:
            extra["quotes"] = [dict(quote) for quote in self.quotes]
        for name in ("language", "status", "agent", "rating"):
            if value := getattr(self, name):
                extra[name] = value
        return extra


@dataclass(slots=True, kw_only=True)
class LoggedEvent:
    """An event that is stored: the columns of its row, without the weight of a model's instance."""

    conversation_id: UUID
    seq: int
    kind: str
    sender: str
    text: str
    source: str | None
    exchange_id: UUID | None
    client_id: UUID | None
    extra: dict[str, Any]
    at: datetime

    def get_columns(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


def build_event(event: LoggedEvent) -> Frame:
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
    if event.client_id and event.sender == Sender.VISITOR:  # an agent's token is the desk's own
        wire["client_id"] = str(event.client_id)
    if extra:
        for name in ("status", "discarded", "agent", "rating", "language"):
            if name in extra:
                wire[name] = extra[name]
    return wire


def build_frame(event: LoggedEvent) -> Frame:
    return {"type": "event", "event": build_event(event)}


def _build_source(source: Mapping[str, str]) -> dict[str, str]:
    return {"title": source["title"], "url": urljoin(settings.PUBLIC_URL, source["url"])}
