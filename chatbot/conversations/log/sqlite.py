"""Many turns in one transaction of SQLite, in the one thread that writes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
from channels.db import database_sync_to_async
from django.db import DatabaseError, OperationalError, connection, transaction

from chatbot.conversations.events import LoggedEvent
from chatbot.conversations.log.entries import Entry
from chatbot.conversations.log.stores import Refused

MOVE = """
UPDATE conversations_conversation
SET last_seq = ?, state = coalesce(?, state), last_event_at = ?
WHERE id = ? AND last_seq = ? AND status = ? AND revision = ? AND NOT EXISTS (
  SELECT 1 FROM conversations_event e
  WHERE e.conversation_id = conversations_conversation.id AND e.client_id = ?
)
"""
EXCHANGE = (
    "id", "conversation_id", "question_seq", "answer_seq", "state", "facts", "asked",
    "release_id", "answers", "paused", "engine", "semantics", "rule", "reason", "source",
    "failure", "handoff_reason", "sources", "decide_us", "attempts", "created_at", "answered_at",
)  # fmt: skip


def _build_insert(table: str, columns: Sequence[str]) -> str:
    marks = ", ".join("?" * len(columns))
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608 - constants


OPEN = _build_insert("conversations_exchange", EXCHANGE)
LOG = _build_insert("conversations_event", LoggedEvent.__slots__)


class SqliteStore:
    """SQLite has one writer at a time anyway: it is this thread."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="log")
        self._write = database_sync_to_async(_write, thread_sensitive=False, executor=self._thread)

    async def write(self, entries: Sequence[Entry]) -> set[UUID]:
        stored: set[UUID] = await self._write(entries)
        return stored

    async def close(self) -> None:
        self._thread.shutdown()


def _write(entries: Sequence[Entry]) -> set[UUID]:
    try:
        with transaction.atomic(), connection.wrap_database_errors:
            # Past Django's cursor, which would rewrite every statement for every row.
            cursor = connection.connection.cursor()
            moved = [entry for entry in entries if _move(cursor, entry)]
            exchanges = (entry.exchange for entry in moved if entry.exchange)
            cursor.executemany(OPEN, [_encode(row) for row in exchanges])
            events = (event.get_columns() for entry in moved for event in entry.events)
            cursor.executemany(LOG, [_encode(row) for row in events])
    except OperationalError:
        raise
    except (DatabaseError, TypeError, ValueError) as error:
        raise Refused(type(error).__name__) from error
    return {entry.conversation_id for entry in moved}


def _move(cursor: Any, entry: Entry) -> bool:
    """Whether the conversation was still as the turn saw it."""
    state = None if entry.state is None else _to_column(entry.state)
    client_id = entry.client_id.hex if entry.client_id else None
    where = (entry.conversation_id.hex, *entry.version, client_id)
    cursor.execute(MOVE, (entry.last_seq, state, _to_column(entry.at), *where))
    return bool(cursor.rowcount == 1)


def _encode(row: Mapping[str, Any]) -> list[Any]:
    """As Django stores it: ids in hex, times without a zone in UTC, objects and lists as JSON."""
    return [_to_column(value) for value in row.values()]


def _to_column(value: Any) -> Any:
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, datetime):
        return str(value.astimezone(UTC).replace(tzinfo=None))
    if isinstance(value, dict | list | tuple):
        return orjson.dumps(value).decode()
    return value
