"""Conversations that this process answered last: read once, then known until they move on.

Being out of date is harmless: the log writes nothing that rests on another version.
"""

from __future__ import annotations

from collections import OrderedDict
from uuid import UUID

from chatbot.conversations.models import Conversation, Status

MOST = 10_000  # conversations, about 2 kB each

_known: OrderedDict[UUID, Conversation] = OrderedDict()


def recall(conversation_id: UUID) -> Conversation | None:
    """As it was when this process last read or wrote it."""
    return _known.get(conversation_id)


def remember(conversation: Conversation) -> None:
    """Not once it is closed: what comes then is refused, or was stored before and is read."""
    if conversation.status == Status.CLOSED:
        forget(conversation.pk)
        return
    _known[conversation.pk] = conversation
    _known.move_to_end(conversation.pk)
    if len(_known) > MOST:
        _known.popitem(last=False)


def forget(conversation_id: UUID) -> None:
    """It moved on: the next message reads it."""
    _known.pop(conversation_id, None)


def hear(conversation_id: UUID, seq: int) -> None:
    """Event number `seq` is stored: what was known before it is out of date."""
    known = _known.get(conversation_id)
    if known is not None and known.last_seq < seq:
        forget(conversation_id)
