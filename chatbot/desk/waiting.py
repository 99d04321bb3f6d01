"""Who needs a person: the desk's rows, longest wait first, a page at a time and never counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest

from chatbot.conversations.models import Conversation, Event, Kind, Sender, Status
from chatbot.desk.wording import HANDOFF_LABELS, find_words

PAGE = 25
MOST = 100  # up to which the badge counts
SHOWN = 160  # characters of the last message
_MOMENT = "%Y%m%dT%H%M%S%f"


class Shelf(StrEnum):
    """The desk's three lists."""

    MINE = "mine"
    WAITING = "waiting"
    OTHERS = "others"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """The last row of a page: the next page begins after it, whatever came and went meanwhile."""

    queued_at: datetime
    conversation_id: UUID

    def __str__(self) -> str:
        return f"{self.queued_at.astimezone(UTC):{_MOMENT}}-{self.conversation_id.hex}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One conversation as the desk lists it."""

    conversation: Conversation
    visitor: str
    text: str
    sender: str
    agent: str
    waited: str
    reason: str

    @property
    def is_waiting(self) -> bool:
        return self.conversation.status == Status.QUEUED

    @property
    def needs_reply(self) -> bool:
        """The visitor had the last word."""
        return self.sender == Sender.VISITOR


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some rows of one list, and where the next ones begin."""

    rows: Sequence[Row]
    next: Cursor | None

    @property
    def count(self) -> str:
        return f"{len(self.rows)}+" if self.next else str(len(self.rows))


def parse_cursor(text: str) -> Cursor | None:
    """None for a text that is no cursor: whoever changed an address begins at the front."""
    moment, _, key = text.partition("-")
    try:
        queued_at = datetime.strptime(moment, _MOMENT).replace(tzinfo=UTC)
        return Cursor(queued_at=queued_at, conversation_id=UUID(key))
    except ValueError:
        return None


def read_page(*, shelf: Shelf, user: User, now: datetime, after: Cursor | None = None) -> Page:
    """At most PAGE rows of the list, longest wait first, from behind `after` on."""
    found = list(_find_rows(shelf, user, after)[: PAGE + 1])
    shown = found[:PAGE]
    return Page(
        rows=[_build_row(conversation, now) for conversation in shown],
        next=_build_cursor(shown[-1]) if len(found) > PAGE else None,
    )


def count_waiting() -> int:
    """How many wait for a person, MOST at the most."""
    waiting = _with_person().filter(status=Status.QUEUED)
    return len(waiting.values_list("pk", flat=True)[:MOST])


def build_badge(_request: HttpRequest) -> str:
    """The number beside "Desk" in the console's menu."""
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


def build_summary(waiting: int) -> str:
    """The sentence that screen readers hear when the list changes."""
    if not waiting:
        return "Nobody is waiting."
    if waiting >= MOST:
        return f"{MOST} people or more are waiting."
    return "One person is waiting." if waiting == 1 else f"{waiting} people are waiting."


def build_name(user: User | None) -> str:
    """How staff call each other: the full name, else the login."""
    return (user.get_full_name() or user.get_username()) if user else ""


def find_visitor(verified: Mapping[str, object]) -> str:
    """The visitor's name if a signature vouches for it."""
    return str(verified.get("name") or "")


def _find_rows(shelf: Shelf, user: User, after: Cursor | None) -> QuerySet[Conversation]:
    rows = _with_person().filter(_build_filter(shelf, user))
    if after:
        # The first condition bounds the index; the second decides among equal moments.
        later = Q(queued_at__gt=after.queued_at) | Q(pk__gt=after.conversation_id)
        rows = rows.filter(later, queued_at__gte=after.queued_at)
    rows = rows.select_related("site", "agent").order_by("queued_at", "pk")
    return rows.annotate(last_text=_pick_last("text"), last_sender=_pick_last("sender"))


def _with_person() -> QuerySet[Conversation]:
    """As the partial index has it, so that databases find that it fits."""
    return Conversation.objects.filter(status__in=[Status.QUEUED, Status.AGENT])


def _build_filter(shelf: Shelf, user: User) -> Q:
    if shelf == Shelf.WAITING:
        return Q(status=Status.QUEUED)
    is_mine = Q(agent=user)
    return Q(status=Status.AGENT) & (is_mine if shelf == Shelf.MINE else ~is_mine)


def _build_cursor(conversation: Conversation) -> Cursor:
    return Cursor(queued_at=_find_start(conversation), conversation_id=conversation.pk)


def _find_start(conversation: Conversation) -> datetime:
    return conversation.queued_at or conversation.last_event_at


def _pick_last(field: str) -> Subquery:
    messages = Event.objects.filter(conversation=OuterRef("pk"), kind=Kind.MESSAGE).exclude(
        sender=Sender.SYSTEM
    )
    return Subquery(messages.order_by("-seq").values(field)[:1])


def _build_row(conversation: Conversation, now: datetime) -> Row:
    is_waiting = conversation.status == Status.QUEUED
    since = _find_start(conversation) if is_waiting else conversation.last_event_at
    text = getattr(conversation, "last_text", "") or ""
    code = conversation.handoff_reason
    return Row(
        conversation=conversation,
        visitor=find_visitor(conversation.verified),
        text=text if len(text) <= SHOWN else f"{text[:SHOWN]}…",
        sender=getattr(conversation, "last_sender", "") or "",
        agent=build_name(conversation.agent),
        waited=build_duration((now - since).total_seconds()),
        reason=find_words(HANDOFF_LABELS, code) if code else "",
    )
