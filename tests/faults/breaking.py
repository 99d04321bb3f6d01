"""What goes wrong in a run: each fault breaks one thing and, where nobody else does, mends it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from random import Random

from tests.faults.cutter import Cutter
from tests.faults.scene import Part, Scene

BEYOND_A_LEASE = 40.0  # seconds; log.LEASE is 30


@dataclass(slots=True, kw_only=True)
class Breaker:
    """Does faults by name and counts them: for a cut, every connection that broke."""

    scene: Scene
    rng: Random
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def kinds(self) -> dict[str, Callable[[], Awaitable[None]]]:
        """In the order of how long it takes until nothing of it is left to be seen."""
        scene = self.scene
        kills = {f"kill -9 {part.name}": self._kill(part) for part in scene.parts}
        return {
            **{name: kills[name] for name in sorted(kills, reverse=True)},
            "kill -9 redis": self._kill_redis,
            "stop postgres at once": self._stop_postgres,
            "kill -9 postgres backend": self._kill_backend,
            "cut sockets inwards": self._cut(scene.doors, "in"),
            "cut sockets outwards": self._cut(scene.doors, "out"),
            "cut redis connections": self._cut([scene.servers.to_redis], "out"),
            "cut postgres inwards": self._cut([scene.servers.to_postgres], "in"),
            "cut postgres outwards": self._cut([scene.servers.to_postgres], "out"),
            "freeze a web process": lambda: self._freeze(scene.webs[0], 3.0),
            "freeze redis": self._freeze_redis,
        }

    async def do(self, *kinds: str) -> None:
        """All of them at the same time."""
        await asyncio.gather(*(self.kinds[kind]() for kind in kinds))
        self.counts.update(kinds)

    async def freeze_worker(self) -> None:
        """Longer than a lease: somebody else answers what it holds, then it goes on."""
        await self._freeze(self.rng.choice(self.scene.workers), BEYOND_A_LEASE)
        self.counts["freeze a worker"] += 1

    def _kill(self, part: Part) -> Callable[[], Awaitable[None]]:
        async def kill() -> None:
            await part.kill()
            await self._pause(0.5)
            await part.start()

        return kill

    async def _kill_redis(self) -> None:
        redis = self.scene.servers.redis
        await asyncio.to_thread(redis.kill)
        await self._pause(2.0)
        await asyncio.to_thread(redis.start)

    async def _freeze_redis(self) -> None:
        """Longer than anybody waits for it."""
        with self.scene.servers.redis.frozen():
            await asyncio.sleep(5.0)

    async def _stop_postgres(self) -> None:
        postgres = self.scene.servers.postgres
        await asyncio.to_thread(postgres.stop_at_once)
        await self._pause(2.0)
        await asyncio.to_thread(postgres.start)

    async def _kill_backend(self) -> None:
        postgres = self.scene.servers.postgres
        await asyncio.to_thread(postgres.kill_backend)
        await asyncio.to_thread(postgres.wait_until_answering)

    def _cut(self, cutters: Sequence[Cutter], direction: str) -> Callable[[], Awaitable[None]]:
        async def cut() -> None:
            torn = await asyncio.gather(*(cutter.tear(direction) for cutter in cutters))
            self.counts["torn connections"] += sum(torn)
            assert sum(torn), "nothing was cut: no load?"

        return cut

    async def _freeze(self, part: Part, seconds: float) -> None:
        async with part.frozen():
            await asyncio.sleep(seconds)

    async def _pause(self, most: float) -> None:
        await asyncio.sleep(self.rng.random() * most)
