"""Work that goes on to its end when whoever asked for it hangs up."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

logger = logging.getLogger(__name__)

# The loop itself keeps only weak references to its tasks.
_running: set[asyncio.Task[Any]] = set()


async def unbroken(work: Coroutine[Any, Any, T]) -> T:
    """What the work gives. Cancelled, only the waiting ends: what is stored is still told."""
    task = asyncio.create_task(work)
    _running.add(task)
    task.add_done_callback(_end)
    return await asyncio.shield(task)


def _end(task: asyncio.Task[Any]) -> None:
    """Whoever still waits gets the error; if nobody does, it is only noted."""
    _running.discard(task)
    if not task.cancelled() and (error := task.exception()):
        logger.debug("unbroken work failed", extra={"error": type(error).__name__})
