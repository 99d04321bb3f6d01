"""Joins the limits of several processes through Redis: once a second, beside everything else.

Only who used a good part of a limit is told of, so ordinary visitors cost nothing here. While
Redis is away each process keeps to its own counts, and nobody is refused because of that.
"""

from __future__ import annotations

import asyncio
import logging
import time
from uuid import uuid4

import orjson
from limits.aio.storage import RedisStorage
from limits.aio.strategies import FixedWindowRateLimiter
from redis.asyncio import ConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from chatbot.web.rates.allowance import Allowance, Row
from chatbot.web.rates.sockets import Key

EVERY = 1.0  # seconds
PATIENCE = 1.0  # seconds for one call
ALIVE = 5  # seconds for which a process's open sockets count without a new word from it
MOST_TOLD = 100  # keys of one rate each time
PREFIX = "firstline:limits"
UNREACHABLE = (TimeoutError, OSError, RedisError)

logger = logging.getLogger(__name__)


class Sharing:
    """One process's line to the others."""

    def __init__(self, *, allowance: Allowance, url: str) -> None:
        self._pool: ConnectionPool = ConnectionPool.from_url(
            url,
            decode_responses=True,
            socket_timeout=PATIENCE,
            socket_connect_timeout=PATIENCE,
            retry=Retry(NoBackoff(), 0),
        )
        self._allowance = allowance
        self._redis: Redis = Redis(connection_pool=self._pool)
        self._limiter = FixedWindowRateLimiter(
            RedisStorage(
                "redis://",  # where the pool leads, is said there
                implementation="redispy",
                key_prefix=PREFIX,
                connection_pool=self._pool,  # type: ignore[arg-type]  # documented, not typed
            )
        )
        self._name = uuid4().hex
        self._is_away = False

    async def go_on_for_ever(self) -> None:
        while True:
            await asyncio.sleep(EVERY)
            try:
                await self.share()
            except UNREACHABLE as error:
                self._note_away(error)
            else:
                self._is_away = False

    async def share(self) -> None:
        """Tells the others and hears from them once; raises what redis raises."""
        for row in self._allowance.rows:
            await self._share_row(row)
        self._allowance.sockets.elsewhere = await self._share_sockets()

    async def close(self) -> None:
        await self._pool.disconnect()

    async def _share_row(self, row: Row) -> None:
        clock, rate = self._allowance.clock, row.rate
        for key, amount in row.windows.find_untold(now=clock(), most=MOST_TOLD).items():
            is_in_order = await self._limiter.hit(rate.item, rate.name, key, cost=amount)
            row.windows.note_told(key=key, amount=amount)
            if not is_in_order:
                stats = await self._limiter.get_window_stats(rate.item, rate.name, key)
                row.windows.close(key=key, until=clock() + stats.reset_time - time.time())

    async def _share_sockets(self) -> dict[Key, int]:
        """What the other processes have open, of those who have many."""
        others = await self._say_alive()
        counts: dict[Key, int] = {}
        for told in await self._redis.mget(others) if others else ():
            for per, key, count in orjson.loads(told or "[]"):
                counts[per, key] = counts.get((per, key), 0) + count
        return counts

    async def _say_alive(self) -> list[str]:
        """Tells what is open here; the names under which other processes told theirs."""
        crowded = self._allowance.sockets.find_crowded().items()
        told = orjson.dumps([[*key, count] for key, count in crowded])
        name, now = f"{PREFIX}:sockets:{self._name}", time.time()
        async with self._redis.pipeline(transaction=False) as pipeline:
            pipeline.set(name, told, ex=ALIVE)
            pipeline.zadd(f"{PREFIX}:processes", {name: now})
            pipeline.zremrangebyscore(f"{PREFIX}:processes", 0, now - 60 * ALIVE)
            pipeline.zrange(f"{PREFIX}:processes", 0, -1)
            names: list[str] = (await pipeline.execute())[-1]
        return [other for other in names if other != name]

    def _note_away(self, error: Exception) -> None:
        self._allowance.sockets.elsewhere = {}
        if not self._is_away:
            logger.warning("limits not shared", extra={"error": type(error).__name__})
        self._is_away = True
