"""Where calls are paid for: awaits the database in threads of its own, and sees receipts through.

A receipt that the database did not take is offered again for some minutes; the answer does not
wait for it. If it still cannot be written, or the process ends, its reservation expires and the
call is recorded as `lost`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial

from channels.db import database_sync_to_async
from django.db import DatabaseError

from llm_bridge.money import ledger, reservations
from llm_bridge.money.accounts import OutOfBudget
from llm_bridge.money.purchases import Hold, Purchase, Receipt

__all__ = [
    "Hold",
    "OutOfBudget",
    "Purchase",
    "Receipt",
    "extend",
    "record_unpaid",
    "reserve",
    "settle",
]

PAUSES = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 60.0, 60.0)  # seconds
MOST_WAITING = 1_000

Write = Callable[..., Awaitable[None]]

logger = logging.getLogger(__name__)

# Its own: a name look-up that hangs must not keep a receipt from the database. One, because each
# thread that works takes a part of the time of the loop, which answers everybody else.
_threads = ThreadPoolExecutor(max_workers=1, thread_name_prefix="money")
# The loop itself keeps only weak references to its tasks.
_waiting: set[asyncio.Task[None]] = set()

_reserve = database_sync_to_async(reservations.reserve, thread_sensitive=False, executor=_threads)
_extend = database_sync_to_async(reservations.extend, thread_sensitive=False, executor=_threads)
_settle = database_sync_to_async(reservations.settle, thread_sensitive=False, executor=_threads)
_record_unpaid = database_sync_to_async(
    ledger.record_unpaid, thread_sensitive=False, executor=_threads
)


async def reserve(purchase: Purchase) -> Hold:
    """Raises OutOfBudget, and DatabaseError: a call that cannot be written down is not made."""
    hold: Hold = await _reserve(purchase=purchase)
    return hold


async def extend(hold: Hold, purchase: Purchase) -> Hold:
    """Before the same call asks once more; raises what `reserve` raises."""
    longer: Hold = await _extend(hold=hold, purchase=purchase)
    return longer


async def settle(hold: Hold, receipt: Receipt) -> None:
    """Never raises DatabaseError: an answer outweighs its receipt, which comes later then."""
    await _see_through(partial(_settle, hold=hold, receipt=receipt), hold.purchase)


async def record_unpaid(purchase: Purchase, receipt: Receipt) -> None:
    """The receipt of an attempt that was not let out, so that it costs nothing."""
    await _see_through(partial(_record_unpaid, purchase=purchase, receipt=receipt), purchase)


async def _see_through(write: Write, purchase: Purchase) -> None:
    try:
        await write(now=datetime.now(UTC))
    except DatabaseError:
        fields = {"call": str(purchase.call_id), "waiting": len(_waiting)}
        if len(_waiting) >= MOST_WAITING:
            logger.error("receipt dropped: too many wait", extra=fields)
            return
        logger.warning("receipt waits for the database", extra=fields)
        task = asyncio.create_task(_insist(write, purchase))
        _waiting.add(task)
        task.add_done_callback(_waiting.discard)


async def _insist(write: Write, purchase: Purchase) -> None:
    for pause in PAUSES:
        await asyncio.sleep(pause)
        try:
            await write(now=datetime.now(UTC))
        except DatabaseError:
            continue
        return
    logger.error("receipt dropped", extra={"call": str(purchase.call_id)})
