"""Whatever breaks, no message is lost or doubled, no number missing, no question unanswered."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager

import pytest

from tests.faults.audit import Violation
from tests.faults.breaking import Breaker
from tests.faults.conftest import Show
from tests.faults.run import Run, judged_run
from tests.faults.scene import running_scene, running_servers

SHORT_MESSAGES = 300
LONG_MESSAGES = int(os.environ.get("FAULTS_MESSAGES") or 10_000)
LONG_ROUNDS = 3 if LONG_MESSAGES >= 10_000 else 1


@asynccontextmanager
async def breaking_run(
    model: str, *, places: int, think: float
) -> AsyncIterator[tuple[Run, Breaker]]:
    """A run on a scene of its own, with somebody who breaks it."""
    async with running_servers(model) as servers, running_scene(servers) as scene:
        async with judged_run(scene.ports, servers.postgres, places=places, think=think) as run:
            yield run, Breaker(scene=scene, rng=run.rng, counts=run.faults)
        for part in scene.parts:
            part.note_end()
            ends = [Violation("ended by itself", "", part.name)] * part.sudden_ends
            run.violations.extend(ends)


async def test_each_part_dies_once_under_load_and_nothing_is_lost(model: str, show: Show) -> None:
    async with breaking_run(model, places=24, think=0.2) as (run, breaker):
        for kinds in batched(breaker.kinds, 2):
            await breaker.do(*kinds)
        await run.crowd.until(SHORT_MESSAGES)
    show(run)
    assert run.faults.keys() >= breaker.kinds.keys()
    assert not run.troubles


@pytest.mark.long
async def test_ten_thousand_messages_survive_every_fault_again_and_again(
    model: str, show: Show
) -> None:
    async with breaking_run(model, places=60, think=0.1) as (run, breaker):
        rounds = 0
        while rounds < LONG_ROUNDS or run.crowd.message_count < LONG_MESSAGES:
            await _break_everything(breaker)
            rounds += 1
        await breaker.freeze_worker()
    show(run)
    assert run.faults.keys() >= breaker.kinds.keys()
    assert not run.troubles


async def _break_everything(breaker: Breaker) -> None:
    """Every kind once, in any order, now and then two at the same time."""
    kinds = list(breaker.kinds)
    breaker.rng.shuffle(kinds)
    while kinds:
        count = 2 if breaker.rng.random() < 0.25 else 1
        now, kinds = kinds[:count], kinds[count:]
        await breaker.do(*now)
        await asyncio.sleep(breaker.rng.random() * 3)


def batched(kinds: Iterable[str], size: int) -> Iterator[list[str]]:
    rest = list(kinds)
    while rest:
        yield rest[:size]
        rest = rest[size:]
