"""Recording a turn: in a batch with others, or by itself where it hands the conversation over."""

from __future__ import annotations

from chatbot.conversations.events import LoggedEvent
from chatbot.conversations.log.batches import get_batches
from chatbot.conversations.log.entries import build_entry
from chatbot.conversations.log.turns import Moved, Turn
from chatbot.conversations.log.writing import record_locked
from chatbot.conversations.memory import forget, remember
from chatbot.conversations.threads import in_thread


async def record_turn(turn: Turn) -> list[LoggedEvent]:
    """One visitor message, with its exchange and answer where there are any, in one commit.

    Raises Moved when the conversation is no longer as the turn's snapshot saw it or has this
    message already, Overloaded when too much waits to be written, Unstorable when the database
    refuses the message itself, and DatabaseError while the database is away.
    """
    conversation = turn.snapshot.conversation
    if turn.exchange and turn.answer and turn.answer.is_last_of_bot:
        forget(conversation.pk)
        return await _record_locked(turn=turn, opening=turn.exchange, answer=turn.answer)
    entry = build_entry(turn)
    if not await get_batches().record(entry):
        forget(conversation.pk)
        raise Moved
    conversation.last_seq = entry.last_seq
    if entry.opening:
        conversation.state = entry.state
    remember(conversation)
    return entry.events


_record_locked = in_thread(record_locked)
