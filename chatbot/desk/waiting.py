"""Who waits for a person: the queue's rows, oldest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest

from chatbot.conversations.models import Conversation, Event, Kind, Sender, Status

MOST = 100  # rows that the queue shows and the badge counts
SHOWN = 160  # characters of the last message


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One conversation as the queue shows it."""

    conversation: Conversation
    text: str
    sender: str
    agent: str
    waited: str

    @property
    def is_waiting(self) -> bool:
        return self.conversation.status == Status.QUEUED


def read_queue(*, now: datetime) -> list[Row]:
    """At most MOST conversations that wait for a person or are with one, oldest first."""
    with_person = Conversation.objects.filter(status__in=[Status.QUEUED, Status.AGENT])
    rows = with_person.select_related("site", "agent").annotate(
        last_text=_pick_last("text"), last_sender=_pick_last("sender")
    )
    found = rows.order_by("queued_at", "pk")[:MOST]
    return [_build_row(conversation, now) for conversation in found]


def count_waiting() -> int:
    """How many wait for a person, MOST at the most."""
    waiting = Conversation.objects.filter(status=Status.QUEUED)
    return len(waiting.values_list("pk", flat=True)[:MOST])


def build_badge(_request: HttpRequest) -> str:
    """The number beside "Queue" in the menu."""
    waiting = count_waiting()
    return str(waiting) if waiting < MOST else f"{MOST}+"


def build_duration(seconds: float) -> str:
    """How long, in the one unit that matters."""
    minutes = int(seconds // 60)
    if minutes < 1:
        return "less than a minute"
    if minutes < 60:
        return f"{minutes} min"
    hours = minutes // 60
    return f"{hours} h {minutes % 60} min" if hours < 24 else f"{hours // 24} d {hours % 24} h"


def build_summary(rows: Sequence[Row]) -> str:
    """The sentence that screen readers hear when the queue changes."""
    waiting = sum(row.is_waiting for row in rows)
    if not waiting:
        return "Nobody is waiting."
    return "One person is waiting." if waiting == 1 else f"{waiting} people are waiting."


def build_name(user: User | None) -> str:
    """How staff call each other: the full name, else the login."""
    return (user.get_full_name() or user.get_username()) if user else ""


def _pick_last(field: str) -> Subquery:
    messages = Event.objects.filter(conversation=OuterRef("pk"), kind=Kind.MESSAGE).exclude(
        sender=Sender.SYSTEM
    )
    return Subquery(messages.order_by("-seq").values(field)[:1])


def _build_row(conversation: Conversation, now: datetime) -> Row:
    since = conversation.queued_at or conversation.last_event_at
    text = getattr(conversation, "last_text", "") or ""
    return Row(
        conversation=conversation,
        text=text if len(text) <= SHOWN else f"{text[:SHOWN]}…",
        sender=getattr(conversation, "last_sender", "") or "",
        agent=build_name(conversation.agent),
        waited=build_duration((now - since).total_seconds()),
    )
