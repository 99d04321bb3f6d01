"""Where pending exchanges are answered: on this loop, or by a worker when there is a broker."""

from __future__ import annotations

import asyncio
import logging
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone
from kombu.exceptions import OperationalError

from chatbot.conversations import escalation, log, upkeep
from chatbot.conversations.perloop import PerLoop
from chatbot.conversations.threads import in_thread

# Seconds between answers that this loop begins: each keeps it for about as long, and fifty at once
# would keep everybody else from theirs.
STAGGER = 0.004

logger = logging.getLogger(__name__)

# The loop itself keeps only weak references to its tasks.
_running: set[asyncio.Task[None]] = set()


class Starts:
    """When the next answer may begin on this loop."""

    def __init__(self) -> None:
        self._free_at = 0.0

    async def wait(self) -> None:
        """At once, unless others have just begun."""
        now = asyncio.get_running_loop().time()
        begins_at = max(now, self._free_at)
        self._free_at = begins_at + STAGGER
        await asyncio.sleep(begins_at - now)


_starts = PerLoop(Starts)


async def start(exchange_id: UUID) -> None:
    """Gets a pending exchange under way and returns; whatever fails, the sweep finds it again."""
    task = asyncio.create_task(_hand_on(exchange_id))
    _running.add(task)
    task.add_done_callback(_settle)


async def sweep() -> int:
    """Starts what was left unfinished when a process died; says how many there were. Tidies up."""
    unfinished = await _find_unfinished(now=timezone.now())
    for exchange_id in unfinished:
        await start(exchange_id)
    if unfinished:
        logger.warning("unfinished exchanges found", extra={"count": len(unfinished)})
    await _tidy(now=timezone.now())
    return len(unfinished)


async def sweep_for_ever(*, seconds: float) -> None:
    """What an embedded web process does beside serving; with a broker, beat does it."""
    while True:
        try:
            await sweep()
        except DatabaseError:
            logger.exception("sweep failed")
        await asyncio.sleep(seconds)


async def _hand_on(exchange_id: UUID) -> None:
    """To a worker; while the broker is away this process answers itself."""
    if not settings.CELERY_BROKER_URL or not await asyncio.to_thread(_send_to_worker, exchange_id):
        await _starts.get().wait()
        await escalation.answer(exchange_id)


def _send_to_worker(exchange_id: UUID) -> bool:
    from chatbot.conversations.tasks import answer_exchange

    try:
        answer_exchange.apply_async(kwargs={"exchange_id": str(exchange_id)}, retry=False)
    except OperationalError:
        logger.warning("broker not reached", extra={"exchange": str(exchange_id)})
        return False
    return True


def _settle(task: asyncio.Task[None]) -> None:
    _running.discard(task)
    if not task.cancelled() and (error := task.exception()):
        logger.error("escalation failed", exc_info=error)


_find_unfinished = in_thread(log.find_unfinished)
_tidy = in_thread(upkeep.tidy)
