"""One run: load from real clients while something goes on, then the judgement and the table."""

from __future__ import annotations

import asyncio
import os
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from random import Random
from time import perf_counter

import httpx

from tests.faults.audit import KINDS, Violation, find_violations
from tests.faults.crowd import Crowd
from tests.faults.database import read_conversations
from tests.faults.servers import Postgres

SETTLE_SECONDS = 150.0  # a killed worker's lease, the sweep after it, and a model that stalls
FAULTS, SETTLING = "seconds of faults", "seconds until settled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Everything of one run that is judged and printed; `faults` counts what was done to it."""

    seed: int
    rng: Random
    crowd: Crowd
    faults: Counter[str]
    violations: list[Violation]
    seconds: dict[str, float]

    @property
    def troubles(self) -> Sequence[str]:
        """What should not be: empty if every promise was kept."""
        return [*map(str, self.violations), *self.crowd.tally.refused]

    def build_table(self) -> str:
        lines = (f"  {name:<28}{value:>10,}" for name, value in self._build_rows().items())
        return "\n".join(("", "Faults, injected", *lines, *self.troubles[:50], ""))

    def _build_rows(self) -> Mapping[str, int]:
        tally, found = self.crowd.tally, Counter(each.kind for each in self.violations)
        return {
            "seed": self.seed,
            **{name: round(seconds) for name, seconds in self.seconds.items()},
            "messages": self.crowd.message_count,
            "conversations": len(self.crowd.visitors),
            **self.faults,
            "reconnects": tally.reconnects,
            "told to try again": tally.busy,
            "sent again": tally.resent,
            **{kind: found[kind] for kind in KINDS},
            "refused": len(tally.refused),
        }


@asynccontextmanager
async def judged_run(
    ports: Sequence[int], postgres: Postgres, *, places: int, think: float
) -> AsyncIterator[Run]:
    """Load while the block goes on; judged when it is over. FAULTS_SEED chooses what is said."""
    seed = int(os.environ.get("FAULTS_SEED") or secrets.randbelow(10**6))
    rng = Random(seed)
    async with _build_client() as http:
        crowd = Crowd(ports=ports, http=http, rng=Random(seed), think=think)
        seconds = {FAULTS: -perf_counter(), SETTLING: 0.0}
        run = Run(seed=seed, rng=rng, crowd=crowd, faults=Counter(), violations=[], seconds=seconds)
        is_over = asyncio.Event()
        coming = asyncio.create_task(crowd.come_and_go(places=places, is_over=is_over.is_set))
        try:
            yield run
        finally:
            is_over.set()
        seconds[FAULTS] += perf_counter()
        seconds[SETTLING] -= perf_counter()
        await asyncio.wait([coming], timeout=SETTLE_SECONDS)
        coming.cancel()
        await crowd.settle(seconds=SETTLE_SECONDS)
        seconds[SETTLING] += perf_counter()
        run.violations.extend(await _judge(crowd, postgres))


def _build_client() -> httpx.AsyncClient:
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=50)
    return httpx.AsyncClient(timeout=30, limits=limits, trust_env=False)


async def _judge(crowd: Crowd, postgres: Postgres) -> list[Violation]:
    """Each client reads its whole log once more; then the database has the word."""
    visitors = [visitor for visitor in crowd.visitors if visitor.record.conversation]
    for visitor in visitors:
        for event in await visitor.read_all():
            visitor.record.note(event)
    stored = await asyncio.to_thread(read_conversations, postgres)
    records = {visitor.record.conversation: visitor.record for visitor in visitors}
    found = [
        violation
        for name, record in records.items()
        for violation in find_violations(record, stored[name])
    ]
    # A visitor whose welcome was lost on the way opened one more, and said nothing in it.
    strangers = [name for name in stored.keys() - records.keys() if stored[name].events]
    return [*found, *(Violation("doubled", name, "nobody's") for name in strangers)]
