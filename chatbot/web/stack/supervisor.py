"""All parts together: migrated, started, replaced one after the other, and ended in time."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Sequence

from chatbot.web.stack.keeper import Keeper
from chatbot.web.stack.parts import Part, build_migration
from chatbot.web.stack.process import Process

STOP_SECONDS = 13.0
OURS = "stack"


class Supervisor:
    """`run()` returns after SIGINT or SIGTERM; SIGHUP replaces every part by a new one."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self._width = max(len(part.name) for part in parts)
        self._keepers = [Keeper(part, self._show) for part in parts]
        self._stopped = asyncio.Event()
        self._replacing: asyncio.Task[None] | None = None

    async def run(self) -> bool:
        """False if the database could not be migrated, so that nothing was started."""
        loop = asyncio.get_running_loop()
        for kind in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(kind, self._stopped.set)
        loop.add_signal_handler(signal.SIGHUP, self._begin_replacing)
        if not await self._migrate():
            return False
        keeping = [asyncio.create_task(keeper.keep()) for keeper in self._keepers]
        telling = asyncio.create_task(self._tell_when_ready())
        await self._stopped.wait()
        self._show(OURS, "Stopping …")
        await _cancel([telling, *keeping, *([self._replacing] if self._replacing else [])])
        await asyncio.gather(*(keeper.stop(STOP_SECONDS) for keeper in self._keepers))
        return True

    def _begin_replacing(self) -> None:
        if self._replacing is None or self._replacing.done():
            self._replacing = asyncio.create_task(self._replace_all())

    async def _replace_all(self) -> None:
        if not await self._migrate():
            self._show(OURS, "The migration failed: everything goes on as it was.")
            return
        for keeper in self._keepers:
            if not await keeper.replace():
                name = keeper.part.name
                self._show(OURS, f"{name} did not get ready: the parts after it stay as they were.")
                return
        self._show(OURS, "Every part was replaced.")

    async def _migrate(self) -> bool:
        process = await Process.start(build_migration(), number=1, show=self._show)
        return await process.wait() == 0

    async def _tell_when_ready(self) -> None:
        ready = await asyncio.gather(*(keeper.wait_until_ready() for keeper in self._keepers))
        if all(ready):
            self._show(OURS, "Every part is ready.")

    def _show(self, name: str, line: str) -> None:
        sys.stdout.write(f"{name:<{self._width}} | {line}\n")
        sys.stdout.flush()


async def _cancel(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
