"""Many turns in one transaction of SQLite, in the one thread that writes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
from channels.db import database_sync_to_async
from django.db import DatabaseError, OperationalError, connection, transaction

from chatbot.conversations.log.entries import Entry, build_columns
from chatbot.conversations.log.stores import Refused

MOVE = """
UPDATE conversations_conversation
SET last_seq = ?, state = coalesce(?, state), last_event_at = ?
WHERE id = ? AND last_seq = ? AND status = ? AND revision = ? AND NOT EXISTS (
  SELECT 1 FROM conversations_event e
  WHERE e.conversation_id = conversations_conversation.id AND e.client_id = ?
)
"""


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
            _insert(cursor, "conversations_exchange", _build_exchanges(moved))
            events = [event.get_columns() for entry in moved for event in entry.events]
            _insert(cursor, "conversations_event", events)
    except OperationalError:
        raise
    except (DatabaseError, TypeError, ValueError) as error:
        raise Refused(type(error).__name__) from error
    return {entry.conversation_id for entry in moved}


def _move(cursor: Any, entry: Entry) -> bool:
    """Whether the conversation was still as the turn saw it."""
    state = entry.state if entry.opening else None
    values = (entry.last_seq, state, entry.at, entry.conversation_id, *entry.version)
    cursor.execute(MOVE, _encode((*values, entry.question.client_id)))
    return bool(cursor.rowcount == 1)


def _build_exchanges(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    return [
        build_columns(
            entry.opening,
            entry.answer,
            conversation_id=entry.conversation_id,
            question_seq=entry.question.seq,
            at=entry.at,
        )
        for entry in entries
        if entry.opening
    ]


def _insert(cursor: Any, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Rows of one shape, their columns by name."""
    if not rows:
        return
    names, marks = ", ".join(rows[0]), ", ".join("?" * len(rows[0]))
    statement = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 - names of ours
    cursor.executemany(statement, [_encode(row.values()) for row in rows])


def _encode(values: Iterable[Any]) -> list[Any]:
    """As Django stores it: ids in hex, times without a zone in UTC, objects and lists as JSON."""
    return [_to_column(value) for value in values]


def _to_column(value: Any) -> Any:
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, datetime):
        return str(value.astimezone(UTC).replace(tzinfo=None))
    if isinstance(value, dict | list | tuple):
        return orjson.dumps(value).decode()
    return value
