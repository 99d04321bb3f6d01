"""Messages of one conversation take turns in a process, so that none decides in vain."""

from __future__ import annotations

import asyncio
from uuid import UUID
from weakref import WeakValueDictionary

from chatbot.conversations.perloop import PerLoop

_Locks = WeakValueDictionary[UUID, asyncio.Lock]
_locks: PerLoop[_Locks] = PerLoop(WeakValueDictionary)


def hold(conversation_id: UUID) -> asyncio.Lock:
    """For `async with`; other processes are told from the log's version that they were late."""
    locks = _locks.get()
    lock = locks.get(conversation_id)
    if lock is None:
        lock = locks[conversation_id] = asyncio.Lock()
    return lock
