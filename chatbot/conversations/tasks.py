"""Celery's doors: each task makes the same call that an embedded web process makes itself."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

from celery import shared_task

from chatbot.conversations import dispatch, escalation


@shared_task(name="conversations.answer_exchange")
def answer_exchange(*, exchange_id: str, **_unknown: Any) -> None:
    """Twice is harmless: the exchange is leased to one and answered once."""
    asyncio.run(escalation.answer(UUID(exchange_id)))


@shared_task(name="conversations.sweep")
def sweep(**_unknown: Any) -> None:
    asyncio.run(dispatch.sweep())
