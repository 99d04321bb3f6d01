"""Where runs are carried out: in a thread of a worker, or of this process without a broker.

A thread of its own with a loop of its own: a run takes minutes and must hold up no visitor. A
worker's task only starts it, so Celery's limits do not end it.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, connections
from django.utils import timezone
from kombu.exceptions import OperationalError

from llm_bridge.releases import canary, runs
from llm_bridge.releases.tables import CaseRun

WATCH_SECONDS = 60.0
GIVE_UP = timedelta(hours=6)

logger = logging.getLogger(__name__)


def start(run_id: UUID) -> None:
    """Gets a run under way and returns; twice is harmless, it is leased to one."""
    if not settings.CELERY_BROKER_URL or not _send_to_worker(run_id):
        start_here(run_id)


def start_here(run_id: UUID) -> threading.Thread:
    thread = threading.Thread(
        target=_carry_out_here, args=(run_id,), name=f"run-{run_id}", daemon=True
    )
    thread.start()
    return thread


def watch() -> list[UUID]:
    """Starts the canaries that are due, and those whose process died; says which."""
    now = timezone.now()
    opened = canary.open_due(now=now)
    found = [run_id for run_id in find_left(now=now) if run_id not in opened]
    for run_id in (*opened, *found):
        start(run_id)
    return [*opened, *found]


def find_left(*, now: datetime) -> list[UUID]:
    """Canaries whose process died; one that could not be finished for hours ends."""
    left = CaseRun.objects.filter(kind=CaseRun.Kind.CANARY, state__in=runs.UNDER_WAY)
    for run in left.filter(started_at__lt=now - GIVE_UP):
        runs.stop(run=run, now=now, why="time")
    fresh = left.filter(started_at__gte=now - GIVE_UP)
    return [run.pk for run in fresh if runs.is_interrupted(run, now=now)]


async def watch_for_ever(*, seconds: float = WATCH_SECONDS) -> None:
    """What a web process does where there is no beat."""
    while True:
        try:
            await asyncio.to_thread(_watch_here)
        except DatabaseError:
            logger.exception("canaries were not looked at")
        await asyncio.sleep(seconds)


async def carry_out(run_id: UUID) -> None:
    """Asks a run's questions to the end, and says what came of it."""
    while (run := await runs.carry_out(run_id)) is not None:
        if not await runs.in_thread(_go_on)(run):
            return


def _go_on(run: CaseRun) -> bool:
    """True where a canary is off and has to be asked once more."""
    now = datetime.now(UTC)
    if run.kind == CaseRun.Kind.CANARY and canary.add_round(run=run):
        return runs.release(run=run)
    if runs.finish(run=run, now=now) and run.kind == CaseRun.Kind.CANARY:
        canary.conclude(run=run, now=now)
    return False


def _carry_out_here(run_id: UUID) -> None:
    try:
        asyncio.run(carry_out(run_id))
    except Exception:  # its lease ends, and the page says that it was interrupted
        logger.exception("run failed", extra={"run": str(run_id)})
    finally:
        connections.close_all()


def _watch_here() -> None:
    try:
        watch()
    finally:
        connections.close_all()


def _send_to_worker(run_id: UUID) -> bool:
    from llm_bridge.releases.tasks import carry_out_run

    try:
        carry_out_run.apply_async(kwargs={"run_id": str(run_id)}, retry=False)
    except OperationalError:
        logger.warning("broker not reached", extra={"run": str(run_id)})
        return False
    return True
