"""Reads all conversations from the database as the audit wants them, past the server's code."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from tests.faults.audit import Exchange, Stored
from tests.faults.servers import Postgres

CONVERSATIONS = "SELECT id::text, last_seq FROM conversations_conversation"
EVENTS = """
SELECT conversation_id::text, seq, kind, sender, text, exchange_id::text, client_id::text, extra
FROM conversations_event ORDER BY conversation_id, seq, ctid
"""
EXCHANGES = "SELECT conversation_id::text, id::text, state, answer_seq FROM conversations_exchange"


def read_conversations(postgres: Postgres) -> dict[str, Stored]:
    events: dict[str, list[dict[str, Any]]] = defaultdict(list)
    exchanges: dict[str, dict[str, Exchange]] = defaultdict(dict)
    for row in postgres.query(EVENTS):
        events[str(row[0])].append(_build_event(row))
    for conversation, exchange_id, state, answer_seq in postgres.query(EXCHANGES):
        found = Exchange(state=str(state), answer_seq=answer_seq)  # type: ignore[arg-type]
        exchanges[str(conversation)][str(exchange_id)] = found
    return {
        str(key): Stored(
            last_seq=int(str(last_seq)), events=events[str(key)], exchanges=exchanges[str(key)]
        )
        for key, last_seq in postgres.query(CONVERSATIONS)
    }


def _build_event(row: tuple[Any, ...]) -> dict[str, Any]:
    names = ("seq", "kind", "sender", "text", "exchange", "client_id")
    return {**dict(zip(names, row[1:7], strict=True)), "discarded": row[7].get("discarded", ())}
