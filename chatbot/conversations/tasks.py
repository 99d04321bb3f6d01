"""Celery's doors: each task makes the same call that an embedded web process makes itself."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from functools import cache
from typing import Any
from uuid import UUID

from celery import shared_task

from chatbot.conversations import dispatch, escalation

# Seconds. Celery's own limits do not hold on the threads pool; model and webhooks end sooner.
LIMIT = 60.0

_starting = threading.Lock()


@shared_task(name="conversations.answer_exchange")
def answer_exchange(*, exchange_id: str, **_unknown: Any) -> None:
    """Twice is harmless: the exchange is leased to one and answered once."""
    _run(escalation.answer(UUID(exchange_id)))


@shared_task(name="conversations.sweep")
def sweep(**_unknown: Any) -> None:
    _run(dispatch.sweep())


def _run(work: Coroutine[Any, Any, object]) -> None:
    with _starting:
        loop = _get_loop()
    asyncio.run_coroutine_threadsafe(asyncio.wait_for(work, LIMIT), loop).result()


@cache
def _get_loop() -> asyncio.AbstractEventLoop:
    """The worker's one loop: its connections to model and Redis last from task to task."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="answers", daemon=True).start()
    return loop
