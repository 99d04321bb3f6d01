"""A conversation as a turn reads it: row, site, and what a message may have stored before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from chatbot.conversations.models import Conversation, Event, Exchange, Presence, Site

PRESENT = timedelta(minutes=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A conversation as a turn reads it; at the commit it must still have this version."""

    conversation: Conversation
    site: Site
    agents_online: int
    stored: Sequence[Event] = ()

    @property
    def version(self) -> tuple[int, str]:
        return self.conversation.last_seq, self.conversation.status

    @property
    def is_staffed(self) -> bool:
        return self.agents_online > 0


def read_snapshot(
    *, conversation_id: UUID, now: datetime, client_id: UUID | None = None
) -> Snapshot:
    """What a turn starts from; `stored` holds question and answer if `client_id` was here before.

    Raises Conversation.DoesNotExist.
    """
    conversation = Conversation.objects.select_related("site").get(pk=conversation_id)
    return Snapshot(
        conversation=conversation,
        site=conversation.site,
        agents_online=count_agents_online(now=now),
        stored=find_stored(conversation_id=conversation_id, client_id=client_id)
        if client_id
        else (),
    )


def count_agents_online(*, now: datetime) -> int:
    return Presence.objects.filter(seen_at__gt=now - PRESENT).count()


def find_stored(*, conversation_id: UUID, client_id: UUID) -> list[Event]:
    """The stored question with this `client_id`, then its answer if there is one."""
    mine = Event.objects.filter(conversation_id=conversation_id)
    question = mine.filter(client_id=client_id).first()
    if question is None or question.exchange_id is None:
        return [question] if question else []
    return [question, *find_answer(conversation_id, question.exchange_id)]


def find_answer(conversation_id: UUID, exchange_id: UUID) -> list[Event]:
    """The answer, alone in a list, or nothing while there is none."""
    answered = Exchange.objects.filter(pk=exchange_id, answer_seq__isnull=False)
    seqs = answered.values("answer_seq")
    return list(Event.objects.filter(conversation_id=conversation_id, seq__in=seqs))
