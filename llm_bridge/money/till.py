"""Where calls are paid for: awaits the database in threads of its own, and sees receipts through.

A receipt that the database did not take is offered again for some minutes; the answer does not
wait for it. If it still cannot be written, or the process ends, its reservation expires and the
call is recorded as `lost`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from channels.db import database_sync_to_async
from django.db import DatabaseError

from llm_bridge.money import reservations
from llm_bridge.money.accounts import OutOfBudget
from llm_bridge.money.purchases import Hold, Purchase, Receipt

__all__ = ["Hold", "OutOfBudget", "Purchase", "Receipt", "extend", "reserve", "settle"]

PAUSES = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 60.0, 60.0)  # seconds
MOST_WAITING = 1_000

logger = logging.getLogger(__name__)

# A name look-up that hangs must not keep a receipt from the database.
_threads = ThreadPoolExecutor(max_workers=4, thread_name_prefix="money")
# The loop itself keeps only weak references to its tasks.
_waiting: set[asyncio.Task[None]] = set()

_reserve = database_sync_to_async(reservations.reserve, thread_sensitive=False, executor=_threads)
_extend = database_sync_to_async(reservations.extend, thread_sensitive=False, executor=_threads)
_settle = database_sync_to_async(reservations.settle, thread_sensitive=False, executor=_threads)


async def reserve(purchase: Purchase) -> Hold:
    """Raises OutOfBudget, and DatabaseError: a call that cannot be written down is not made."""
    hold: Hold = await _reserve(purchase=purchase)
    return hold


async def extend(hold: Hold, purchase: Purchase) -> Hold:
    """Before the same call asks once more; raises what `reserve` raises."""
    longer: Hold = await _extend(hold=hold, purchase=purchase)
    return longer


async def settle(
    hold: Hold, receipt: Receipt, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> None:
    """Never raises DatabaseError: an answer outweighs its receipt, which comes later then."""
    try:
        await _settle(hold=hold, receipt=receipt, now=clock())
    except DatabaseError:
        _settle_later(hold, receipt, clock)


def _settle_later(hold: Hold, receipt: Receipt, clock: Callable[[], datetime]) -> None:
    fields = {"call": str(hold.purchase.call_id), "waiting": len(_waiting)}
    if len(_waiting) >= MOST_WAITING:
        logger.error("receipt dropped: too many wait", extra=fields)
        return
    logger.warning("receipt waits for the database", extra=fields)
    task = asyncio.create_task(_insist(hold, receipt, clock))
    _waiting.add(task)
    task.add_done_callback(_waiting.discard)


async def _insist(hold: Hold, receipt: Receipt, clock: Callable[[], datetime]) -> None:
    for pause in PAUSES:
        await asyncio.sleep(pause)
        try:
            await _settle(hold=hold, receipt=receipt, now=clock())
        except DatabaseError:
            continue
        return
    logger.error("receipt dropped", extra={"call": str(hold.purchase.call_id)})
