"""A conversation as a turn reads it: its row, its site, and who is there to take over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from chatbot.conversations.models import Conversation, Presence, Site

PRESENT = timedelta(minutes=2)


class Version(NamedTuple):
    """As which a conversation was seen: what changes it changes one of these."""

    last_seq: int
    status: str
    revision: int


def get_version(conversation: Conversation) -> Version:
    return Version(conversation.last_seq, conversation.status, conversation.revision)


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A conversation as a turn reads it; at the commit it must still have this version."""

    conversation: Conversation
    site: Site
    agents_online: int

    @property
    def version(self) -> Version:
        return get_version(self.conversation)

    @property
    def is_staffed(self) -> bool:
        return self.agents_online > 0


def read_snapshot(*, conversation_id: UUID, now: datetime) -> Snapshot:
    """What a turn starts from; raises Conversation.DoesNotExist."""
    conversation = Conversation.objects.select_related("site").get(pk=conversation_id)
    return Snapshot(
        conversation=conversation,
        site=conversation.site,
        agents_online=count_agents_online(now=now),
    )


def count_agents_online(*, now: datetime) -> int:
    return Presence.objects.filter(seen_at__gt=now - PRESENT).count()
