"""The log as it is read: events by number, questions by their client's id, what is unfinished."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from chatbot.conversations.events import LoggedEvent
from chatbot.conversations.models import Conversation, Event, Exchange

PAGE = 200
FORGOTTEN = timedelta(seconds=5)  # nobody took it since: whoever stored it is gone


def find_conversation(*, conversation_id: UUID) -> Conversation | None:
    return Conversation.objects.select_related("site").filter(pk=conversation_id).first()


def read_events(*, conversation_id: UUID, after: int = 0, limit: int = PAGE) -> list[LoggedEvent]:
    """At most `limit` events with a number above `after`, in order."""
    events = Event.objects.filter(conversation_id=conversation_id, seq__gt=after)
    return _read(events.order_by("seq")[:limit])


def find_event(*, conversation_id: UUID, seq: int) -> LoggedEvent | None:
    return next(iter(read_events(conversation_id=conversation_id, after=seq - 1, limit=1)), None)


def find_stored(*, conversation_id: UUID, client_id: UUID) -> list[LoggedEvent]:
    """The stored question with this `client_id`, then its answer if there is one."""
    mine = Event.objects.filter(conversation_id=conversation_id, client_id=client_id)
    question = _read(mine[:1])
    if not question or question[0].exchange_id is None:
        return question
    return question + find_answer(
        conversation_id=conversation_id, exchange_id=question[0].exchange_id
    )


def find_answer(*, conversation_id: UUID, exchange_id: UUID) -> list[LoggedEvent]:
    """The answer, alone in a list, or nothing while there is none."""
    answered = Exchange.objects.filter(pk=exchange_id, answer_seq__isnull=False)
    seqs = answered.values("answer_seq")
    return _read(Event.objects.filter(conversation_id=conversation_id, seq__in=seqs))


def find_unfinished(*, now: datetime, limit: int = PAGE) -> list[UUID]:
    """Pending exchanges that nobody holds any more, or that nobody took in time."""
    lapsed = Q(leased_until__lt=now) | Q(leased_until__isnull=True, created_at__lt=now - FORGOTTEN)
    pending = Exchange.objects.filter(lapsed, state=Exchange.State.PENDING)
    return list(pending.order_by("created_at").values_list("pk", flat=True)[:limit])


def _read(events: QuerySet[Event]) -> list[LoggedEvent]:
    return [LoggedEvent(**row) for row in events.values(*LoggedEvent.__slots__)]
