"""One turn as rows: numbered, and valid only for the version of the conversation that it saw."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from chatbot.conversations.events import Draft, LoggedEvent
from chatbot.conversations.log.turns import Answer, Opening, Turn
from chatbot.conversations.models import Exchange
from chatbot.conversations.snapshots import Version


@dataclass(slots=True, kw_only=True)
class Entry:
    """What is written if the conversation still has `version` and has no `client_id` yet.

    `exchange` holds a row's columns by name; without one `state` is None and stays as it is.
    """

    conversation_id: UUID
    version: Version
    client_id: UUID | None
    last_seq: int
    state: dict[str, Any] | None
    at: datetime
    events: list[LoggedEvent]
    exchange: dict[str, Any] | None


def build_entry(turn: Turn) -> Entry:
    """Numbers a turn that leaves the conversation with whoever had it."""
    conversation_id, at = turn.snapshot.conversation.pk, turn.now
    drafts = [turn.question, *turn.notices]
    if turn.answer:
        drafts.append(turn.answer.draft)
    version = turn.snapshot.version
    events = [
        number(draft, conversation_id=conversation_id, seq=seq, at=at)
        for seq, draft in enumerate(drafts, version.last_seq + 1)
    ]
    exchange = None
    if turn.exchange:
        exchange = build_columns(
            turn.exchange,
            turn.answer,
            conversation_id=conversation_id,
            question_seq=version.last_seq + 1,
            at=at,
        )
        exchange["answer_seq"] = events[-1].seq if turn.answer else None
    return Entry(
        conversation_id=conversation_id,
        version=version,
        client_id=turn.question.client_id,
        last_seq=events[-1].seq,
        state=turn.state if turn.exchange else None,
        at=at,
        events=events,
        exchange=exchange,
    )


def number(draft: Draft, *, conversation_id: UUID, seq: int, at: datetime) -> LoggedEvent:
    """The draft in its place in the log."""
    return LoggedEvent(
        conversation_id=conversation_id,
        seq=seq,
        kind=draft.kind,
        sender=draft.sender,
        text=draft.text,
        source=draft.source,
        exchange_id=draft.exchange_id,
        client_id=draft.client_id,
        extra=draft.build_extra(),
        at=at,
    )


def build_columns(
    opening: Opening,
    answer: Answer | None,
    *,
    conversation_id: UUID,
    question_seq: int,
    at: datetime,
) -> dict[str, Any]:
    """The new exchange's row, still without the number of its answer."""
    return {
        "id": opening.id,
        "conversation_id": conversation_id,
        "question_seq": question_seq,
        "answer_seq": None,
        "state": Exchange.State.ANSWERED if answer else Exchange.State.PENDING,
        "facts": opening.facts,
        "asked": opening.asked,
        "release_id": opening.release_id,
        "answers": [],
        "paused": opening.paused,
        "engine": opening.engine,
        "semantics": opening.semantics,
        "rule": opening.rule,
        "reason": opening.reason,
        "source": (answer.draft.source or "") if answer else "",
        "failure": answer.failure if answer else "",
        "handoff_reason": "",
        "sources": list(answer.sources) if answer else [],
        "decide_us": opening.decide_us,
        "attempts": 0,
        "created_at": at,
        "answered_at": at if answer else None,
    }
