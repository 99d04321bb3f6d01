"""A conversation's log as people read it: who said what, when, and where an answer came from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from chatbot.conversations.events import LoggedEvent
from chatbot.conversations.models import Exchange, Kind, Sender
from chatbot.desk.markup import build_html
from chatbot.desk.wording import HANDOFFS, SOURCES, STATUSES, find_words

NAMES = {Sender.VISITOR: "Visitor", Sender.BOT: "Bot", Sender.SYSTEM: "Bot"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One event; `html` is empty for notices, which have only `notice`."""

    seq: int
    at: datetime
    sender: str
    who: str = ""
    html: str = ""
    notice: str = ""
    source: str = ""
    source_name: str = ""
    rule: str = ""
    exchange: UUID | None = None
    links: Sequence[Mapping[str, str]] = ()
    options: Sequence[str] = ()


def build_lines(events: Iterable[LoggedEvent], exchanges: Mapping[UUID, Exchange]) -> list[Line]:
    """The events in order; `exchanges` names the rules behind answers."""
    return [_build_line(event, exchanges) for event in events]


def read_exchanges(events: Iterable[LoggedEvent]) -> dict[UUID, Exchange]:
    """The exchanges that these events belong to, by id, with no more than a transcript needs."""
    ids = {event.exchange_id for event in events if event.exchange_id}
    rows = Exchange.objects.filter(pk__in=ids).only("pk", "rule", "handoff_reason")
    return {row.pk: row for row in rows}


def _build_line(event: LoggedEvent, exchanges: Mapping[UUID, Exchange]) -> Line:
    if event.kind != Kind.MESSAGE:
        return Line(seq=event.seq, at=event.at, sender="notice", notice=_build_notice(event))
    exchange = exchanges.get(event.exchange_id) if event.exchange_id else None
    is_answer = event.sender != Sender.VISITOR
    return Line(
        seq=event.seq,
        at=event.at,
        sender=event.sender,
        who=event.extra.get("agent") or NAMES.get(Sender(event.sender), "A colleague"),
        html=build_html(event.text) if is_answer else _keep_lines(event.text),
        source=event.source or "",
        source_name=find_words(SOURCES, event.source or ""),
        rule=exchange.rule if exchange and is_answer else "",
        exchange=event.exchange_id if is_answer else None,
        links=event.extra.get("sources", ()),
        options=event.extra.get("options", ()),
    )


def _build_notice(event: LoggedEvent) -> str:
    if event.kind == Kind.FEEDBACK:
        thumb = "up" if event.extra.get("rating") == "up" else "down"
        return f"Visitor: thumb {thumb}" + (f" – “{event.text}”" if event.text else "")
    status = event.extra.get("status", "")
    words = find_words(STATUSES, status)
    if status == "agent":
        words = f"{event.extra.get('agent') or 'A colleague'} took over"
    if count := len(event.extra.get("discarded", ())):
        words += f"; {count} answer{'s' if count > 1 else ''} under way discarded"
    return words


def build_reason(code: str) -> str:
    """Why a conversation came to a person, as the end of a sentence."""
    return find_words(HANDOFFS, code) if code else ""


def _keep_lines(text: str) -> SafeString:
    return mark_safe(f"<p class='desk-plain'>{escape(text)}</p>")  # noqa: S308 - escaped here
