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
# The planner takes any batch for a hundred rows and reads whole tables for it while they are small
# (with a few thousand conversations answers took 26 ms instead of 4). Each row has its key.
PLANNER = "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off"
# Each column of a row from JSON costs, so a turn is one row and what is always alike is not in it.
STATEMENT = """
WITH entry AS MATERIALIZED (
  SELECT * FROM json_to_recordset(%s::json) AS x(
    conversation_id uuid, seq int, status text, revision int, last_seq int, at timestamptz,
    client_id uuid, question text, answer text, sender text, source text, extra jsonb,
    state jsonb, exchange_id uuid, facts jsonb, asked jsonb, release_id bigint, paused jsonb,
    engine text, semantics smallint, rule text, reason text, decide_us int
  )
), held AS MATERIALIZED (
  SELECT entry.*
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
  FROM held WHERE c.id = held.conversation_id
), opened AS (
  INSERT INTO conversations_exchange (
    id, conversation_id, question_seq, answer_seq, state, source, facts, asked, release_id, paused,
    engine, semantics, rule, reason, decide_us, created_at, answered_at,
    answers, sources, failure, handoff_reason, attempts
  )
  SELECT
    exchange_id, conversation_id, seq + 1, CASE WHEN answer IS NOT NULL THEN last_seq END,
    CASE WHEN answer IS NULL THEN 'pending' ELSE 'answered' END, coalesce(source, ''),
    facts, asked, release_id, paused, engine, semantics, rule, reason, decide_us,
    at, CASE WHEN answer IS NOT NULL THEN at END, '[]', '[]', '', '', 0
  FROM held WHERE exchange_id IS NOT NULL
), logged AS (
  INSERT INTO conversations_event (
    conversation_id, seq, kind, sender, text, source, exchange_id, client_id, extra, at
  )
  SELECT conversation_id, seq + 1, 'message', 'visitor', question, NULL, exchange_id, client_id,
    '{}'::jsonb, at
  FROM held
  UNION ALL
  SELECT conversation_id, last_seq, 'message', sender, answer, source, exchange_id, NULL, extra, at
  FROM held WHERE answer IS NOT NULL
  UNION ALL
  SELECT x.conversation_id, x.seq, 'message', x.sender, x.text, x.source, NULL, NULL, x.extra, at
  FROM held JOIN json_to_recordset(%s::json) AS x(
    conversation_id uuid, seq int, sender text, text text, source text, extra jsonb
  ) USING (conversation_id)
)
SELECT conversation_id FROM held
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
    opened = await psycopg.AsyncConnection.connect(**parameters, autocommit=True)
    await opened.execute(PLANNER)
    return opened


def _build_values(entries: Sequence[Entry]) -> list[str]:
    """The statement's turns and their notices as JSON."""
    try:
        notices = [notice for entry in entries for notice in entry.notices]
        rows = [_build_row(entry) for entry in entries]
        return [orjson.dumps(rows).decode(), orjson.dumps(notices).decode()]
    except (TypeError, ValueError) as error:
        raise Refused(str(error)) from error


def _build_row(entry: Entry) -> dict[str, object]:
    seq, status, revision = entry.version
    row: dict[str, object] = {
        "conversation_id": entry.conversation_id,
        "seq": seq,
        "status": status,
        "revision": revision,
        "last_seq": entry.last_seq,
        "at": entry.at,
        "client_id": entry.question.client_id,
        "question": entry.question.text,
    }
    if (answer := entry.answer) is not None:
        row |= {
            "answer": answer.text,
            "sender": answer.sender,
            "source": answer.source,
            "extra": answer.extra,
        }
    if (opening := entry.opening) is not None:
        row |= {
            "state": entry.state,
            "exchange_id": opening.id,
            **opening.get_columns(),
        }
    return row
