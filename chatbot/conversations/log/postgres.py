"""Many turns in one statement, on an asynchronous PostgreSQL connection of its own.

One round trip and one commit for whatever queued meanwhile. A conversation that moved on, that has
the message already, or that somebody holds just now is left out, so no entry waits for another's
lock and two processes cannot block each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import orjson
import psycopg
from django.db import DatabaseError, connection

from chatbot.conversations.log.entries import Entry
from chatbot.conversations.log.stores import Refused

CONNECT_SECONDS = 3
STATEMENT = """
WITH entry AS MATERIALIZED (
  SELECT * FROM json_to_recordset(%s::json) AS x(
    conversation_id uuid, seq int, status text, revision int, client_id uuid,
    last_seq int, state jsonb, at timestamptz
  )
), held AS MATERIALIZED (
  SELECT id, entry.last_seq, entry.state, entry.at
  FROM entry JOIN conversations_conversation c ON c.id = entry.conversation_id
  WHERE c.last_seq = entry.seq AND c.status = entry.status AND c.revision = entry.revision
    AND NOT EXISTS (
      SELECT FROM conversations_event e
      WHERE e.conversation_id = entry.conversation_id AND e.client_id = entry.client_id
    )
  FOR UPDATE OF c SKIP LOCKED
), moved AS (
  UPDATE conversations_conversation c
  SET last_seq = held.last_seq, state = coalesce(held.state, c.state), last_event_at = held.at
  FROM held WHERE c.id = held.id
), opened AS (
  INSERT INTO conversations_exchange (
    id, conversation_id, question_seq, answer_seq, state, facts, asked, release_id, answers,
    paused, engine, semantics, rule, reason, source, failure, handoff_reason, sources, decide_us,
    attempts, created_at, answered_at
  )
  SELECT x.* FROM json_to_recordset(%s::json) AS x(
    id uuid, conversation_id uuid, question_seq int, answer_seq int, state text, facts jsonb,
    asked jsonb, release_id bigint, answers jsonb, paused jsonb, engine text, semantics smallint,
    rule text, reason text, source text, failure text, handoff_reason text, sources jsonb,
    decide_us int, attempts smallint, created_at timestamptz, answered_at timestamptz
  ) JOIN held ON held.id = x.conversation_id
), logged AS (
  INSERT INTO conversations_event (
    conversation_id, seq, kind, sender, text, source, exchange_id, client_id, extra, at
  )
  SELECT x.* FROM json_to_recordset(%s::json) AS x(
    conversation_id uuid, seq int, kind text, sender text, text text, source text,
    exchange_id uuid, client_id uuid, extra jsonb, at timestamptz
  ) JOIN held ON held.id = x.conversation_id
)
SELECT id FROM held
"""


class PostgresStore:
    """One connection, opened when it is first needed and again after it broke."""

    def __init__(self) -> None:
        self._connection: psycopg.AsyncConnection[tuple[UUID]] | None = None

    async def write(self, entries: Sequence[Entry]) -> set[UUID]:
        values = _build_values(entries)
        was_open = self._connection is not None
        try:
            return await self._execute(values)
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            await self.close()
            if was_open:  # it may have broken long ago; what is stored already is found out
                return await self._execute_again(values)
            raise DatabaseError(str(error)) from error
        except psycopg.Error as error:
            raise Refused(error.diag.message_primary or type(error).__name__) from error

    async def close(self) -> None:
        if self._connection is not None:
            await self._connection.close()
            self._connection = None

    async def _execute_again(self, values: Sequence[str]) -> set[UUID]:
        try:
            return await self._execute(values)
        except psycopg.Error as error:
            await self.close()
            raise DatabaseError(str(error)) from error

    async def _execute(self, values: Sequence[str]) -> set[UUID]:
        if self._connection is None:
            self._connection = await _connect()
        cursor = await self._connection.execute(STATEMENT, values, prepare=True)
        return {row[0] for row in await cursor.fetchall()}


async def _connect() -> psycopg.AsyncConnection[tuple[UUID]]:
    """To the database of Django's settings, by its parameters."""
    parameters = connection.get_connection_params()
    for ours in ("context", "cursor_factory", "prepare_threshold"):
        parameters.pop(ours, None)
    parameters.setdefault("connect_timeout", CONNECT_SECONDS)
    return await psycopg.AsyncConnection.connect(**parameters, autocommit=True)


def _build_values(entries: Sequence[Entry]) -> list[str]:
    """The statement's three lists of rows as JSON."""
    try:
        return [
            orjson.dumps([_build_row(entry) for entry in entries]).decode(),
            orjson.dumps([entry.exchange for entry in entries if entry.exchange]).decode(),
            orjson.dumps([event for entry in entries for event in entry.events]).decode(),
        ]
    except (TypeError, ValueError) as error:
        raise Refused(str(error)) from error


def _build_row(entry: Entry) -> dict[str, object]:
    return {
        "conversation_id": entry.conversation_id,
        "seq": entry.version.last_seq,
        "status": entry.version.status,
        "revision": entry.version.revision,
        "client_id": entry.client_id,
        "last_seq": entry.last_seq,
        "state": entry.state,
        "at": entry.at,
    }
