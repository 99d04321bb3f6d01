"""Messages of one conversation take turns in a process, so that none decides in vain."""

from __future__ import annotations

import asyncio
from uuid import UUID
from weakref import WeakKeyDictionary, WeakValueDictionary

_Locks = WeakValueDictionary[UUID, asyncio.Lock]
_locks: WeakKeyDictionary[asyncio.AbstractEventLoop, _Locks] = WeakKeyDictionary()


def hold(conversation_id: UUID) -> asyncio.Lock:
    """For `async with`; other processes are told from the log's version that they were late."""
    mine = _locks.setdefault(asyncio.get_running_loop(), WeakValueDictionary())
    return mine.setdefault(conversation_id, asyncio.Lock())
