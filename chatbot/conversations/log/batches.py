"""Batches: what queued while the last commit ran is written by the next, and told after it."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from itertools import islice
from typing import Protocol
from uuid import UUID

from django.db import DatabaseError, connection

from chatbot.conversations.log.entries import Entry
from chatbot.conversations.log.postgres import PostgresStore
from chatbot.conversations.log.sqlite import SqliteStore
from chatbot.conversations.log.stores import Refused
from chatbot.conversations.perloop import PerLoop

LARGEST = 256  # entries a commit
MOST = 2_000  # entries that wait; a visitor's next message is told to come later

logger = logging.getLogger(__name__)

Waiting = tuple[Entry, "asyncio.Future[bool]"]


class Overloaded(Exception):
    """Too much waits to be written: try again in a moment."""


class Unstorable(Exception):
    """The database takes everything but this."""


class Store(Protocol):
    """Writes entries of different conversations in one commit."""

    async def write(self, entries: Sequence[Entry]) -> set[UUID]:
        """The conversations written; the others moved on or have their message already.

        Raises Refused when an entry cannot be stored, DatabaseError when nothing can.
        """

    async def close(self) -> None: ...


class Batches:
    """One event loop's queue to the database: at most one commit runs at a time."""

    def __init__(self, store: Store, *, most: int = MOST) -> None:
        self._store = store
        self._most = most
        self._waiting: deque[Waiting] = deque()
        self._writing: asyncio.Task[None] | None = None

    async def record(self, entry: Entry) -> bool:
        """True once it is committed, False if it did not fit; see `record_turn` for errors."""
        if len(self._waiting) >= self._most:
            raise Overloaded
        told: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((entry, told))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())
        return await told

    async def close(self) -> None:
        """Writes what waits, and lets the connection go."""
        if self._writing is not None:
            await self._writing
        await self._store.close()

    async def _write(self) -> None:
        try:
            while self._waiting:
                await self._settle(self._take())
        finally:
            self._writing = None

    def _take(self) -> list[Waiting]:
        """The oldest, each of another conversation: one message is decided after the other."""
        batch = list(islice(self._waiting, LARGEST))
        for _ in batch:
            self._waiting.popleft()
        return batch

    async def _settle(self, batch: Sequence[Waiting]) -> None:
        try:
            stored = await self._store.write([entry for entry, _ in batch])
        except Refused as error:
            await self._settle_apart(batch, error)
        except DatabaseError as error:
            _fail(batch, error)
        except Exception:  # whatever it is, nobody waits for ever
            logger.exception("batch not written")
            _fail(batch, DatabaseError("batch not written"))
        else:
            for entry, told in batch:
                if not told.done():
                    told.set_result(entry.conversation_id in stored)

    async def _settle_apart(self, batch: Sequence[Waiting], error: Refused) -> None:
        """Halves until the entry that harms is alone: all others are stored."""
        if len(batch) == 1:
            logger.error("message cannot be stored", extra={"error": str(error)})
            _fail(batch, Unstorable())
            return
        middle = len(batch) // 2
        await self._settle(batch[:middle])
        await self._settle(batch[middle:])


def _fail(batch: Sequence[Waiting], error: Exception) -> None:
    for _, told in batch:
        if not told.done():
            told.set_exception(error)


def _build_batches() -> Batches:
    return Batches(PostgresStore() if connection.vendor == "postgresql" else SqliteStore())


_batches = PerLoop(_build_batches)

# The running loop's batches, to this process's database.
get_batches = _batches.get


async def close_batches() -> None:
    """At the end of the running loop."""
    if batches := _batches.pop():
        await batches.close()
