"""Celery's doors to runs: each makes the same call that a web process makes without a broker."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from celery import shared_task

from llm_bridge.releases import dispatch


@shared_task(name="models.carry_out_run")
def carry_out_run(*, run_id: str, **_unknown: Any) -> None:
    """Starts it and returns; twice is harmless, it is leased to one."""
    dispatch.start_here(UUID(run_id))


@shared_task(name="models.watch")
def watch(**_unknown: Any) -> None:
    dispatch.watch()
