"""One turn as rows: numbered, and valid only for the version of the conversation that it saw."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from chatbot.conversations.events import Draft, LoggedEvent
from chatbot.conversations.log.turns import Opening, Turn
from chatbot.conversations.models import Exchange
from chatbot.conversations.snapshots import Version


@dataclass(slots=True, kw_only=True)
class Entry:
    """What is written if the conversation still has `version` and has no such question yet.

    Without an `opening` it is only a question to a person, and `state` stays as it is.
    """

    conversation_id: UUID
    version: Version
    at: datetime
    question: LoggedEvent
    notices: list[LoggedEvent]
    answer: LoggedEvent | None
    opening: Opening | None
    state: dict[str, Any]

    @property
    def events(self) -> list[LoggedEvent]:
        return [self.question, *self.notices, *([self.answer] if self.answer else ())]

    @property
    def last_seq(self) -> int:
        return (self.answer or (self.notices or [self.question])[-1]).seq


def build_entry(turn: Turn) -> Entry:
    """Numbers a turn that leaves the conversation with whoever had it."""
    conversation_id, at = turn.snapshot.conversation.pk, turn.now
    version = turn.snapshot.version
    drafts = [turn.question, *turn.notices, *([turn.answer.draft] if turn.answer else ())]
    question, *others = [
        number(draft, conversation_id=conversation_id, seq=seq, at=at)
        for seq, draft in enumerate(drafts, version.last_seq + 1)
    ]
    return Entry(
        conversation_id=conversation_id,
        version=version,
        at=at,
        question=question,
        answer=others.pop() if turn.answer else None,
        notices=others,
        opening=turn.exchange,
        state=turn.state,
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
    answer: LoggedEvent | None,
    *,
    conversation_id: UUID,
    question_seq: int,
    at: datetime,
) -> dict[str, Any]:
    """The new exchange's row."""
    return {
        "id": opening.id,
        "conversation_id": conversation_id,
        "question_seq": question_seq,
        "answer_seq": answer.seq if answer else None,
        "state": Exchange.State.ANSWERED if answer else Exchange.State.PENDING,
        "source": (answer.source or "") if answer else "",
        **opening.get_columns(),
        "created_at": at,
        "answered_at": at if answer else None,
        "answers": [],
        "sources": [],
        "failure": "",
        "handoff_reason": "",
        "attempts": 0,
    }
