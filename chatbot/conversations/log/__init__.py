"""The log: one writer numbers a conversation's events, so that nothing is lost or doubled.

Turns go through `batches` (many in one commit, checked against the version that each one saw);
whatever changes who owns a conversation goes through `writing`, under the lock of its row.
"""

from chatbot.conversations.log.batches import Overloaded, Unstorable, close_batches
from chatbot.conversations.log.reading import (
    PAGE,
    find_answer,
    find_conversation,
    find_event,
    find_stored,
    find_unfinished,
    read_events,
)
from chatbot.conversations.log.recording import record_turn
from chatbot.conversations.log.turns import (
    Answer,
    Closed,
    Handover,
    Moved,
    Opening,
    Resumption,
    Turn,
)
from chatbot.conversations.log.writing import (
    LEASE,
    append,
    changing,
    claim_exchange,
    open_conversation,
    record_answer,
    record_calls,
    record_feedback,
    record_identity,
    record_resumption,
    record_use,
)

__all__ = [
    "LEASE",
    "PAGE",
    "Answer",
    "Closed",
    "Handover",
    "Moved",
    "Opening",
    "Overloaded",
    "Resumption",
    "Turn",
    "Unstorable",
    "append",
    "changing",
    "claim_exchange",
    "close_batches",
    "find_answer",
    "find_conversation",
    "find_event",
    "find_stored",
    "find_unfinished",
    "open_conversation",
    "read_events",
    "record_answer",
    "record_calls",
    "record_feedback",
    "record_identity",
    "record_resumption",
    "record_turn",
    "record_use",
]
