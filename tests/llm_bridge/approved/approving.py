"""Short forms for approving a reply and asking for it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from llm_bridge.approved.finding import Approved, find_reply
from llm_bridge.approved.recording import Wording, record_reply
from llm_bridge.models import ApprovedReply, KnowledgeBase

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def approve(
    base: KnowledgeBase,
    *questions: str,
    text: str = "Yes.",
    origin: UUID | None = None,
    **more: Any,
) -> ApprovedReply:
    wording = Wording(questions=questions, text=text, **more)
    return record_reply(base_id=base.pk, wording=wording, author=None, origin=origin)


def ask(
    base: KnowledgeBase, question: str, *, language: str = "en", now: datetime = NOW
) -> Approved | None:
    return find_reply(base_id=base.pk, question=question, language=language, now=now)


def read(base: KnowledgeBase, question: str, **more: Any) -> str | None:
    """What would be said."""
    found = ask(base, question, **more)
    return found.text if found else None
