"""Keeps one part running: started again when it ends, each time a little later, or replaced."""

from __future__ import annotations

import asyncio
import time

from chatbot.web.stack.parts import Part
from chatbot.web.stack.process import Process, Show

FIRST_DELAY = 0.5  # seconds
LONGEST_DELAY = 30.0
# Who ran so long did not fail at the start.
LASTING = 60.0
START_SECONDS = 120.0
# A model's answer takes at most 20 seconds: a worker that is replaced finishes what it has.
FINISH_SECONDS = 30.0


class Keeper:
    """`keep()` runs until it is cancelled; `stop()` after that ends what runs."""

    def __init__(self, part: Part, show: Show) -> None:
        self.part = part
        self._show = show
        self._starts = 0
        self._failures = 0
        self._process: Process | None = None
        self._next: Process | None = None
        self._is_started = asyncio.Event()

    async def keep(self) -> None:
        while True:
            process, self._next = self._next or await self._start(), None
            self._process = process
            self._is_started.set()
            started = time.monotonic()
            status = await process.wait()
            if not process.is_dismissed:
                await self._pause(status, lasted=time.monotonic() - started)

    async def replace(self) -> bool:
        """False if the new one does not get ready; where both may run, the old one goes on."""
        return await (self._overlap() if self.part.overlaps else self._succeed())

    async def stop(self, seconds: float) -> None:
        running = [each for each in (self._process, self._next) if each]
        await asyncio.gather(*(process.dismiss(seconds) for process in running))

    async def wait_until_ready(self) -> bool:
        await self._is_started.wait()
        process = self._process
        return process is not None and await process.wait_until_ready(START_SECONDS)

    async def _overlap(self) -> bool:
        new = await self._start()
        if not await new.wait_until_ready(START_SECONDS):
            await new.dismiss(FINISH_SECONDS)
            return False
        self._next = new
        await self._dismiss()
        return True

    async def _succeed(self) -> bool:
        self._is_started.clear()
        await self._dismiss()
        return await self.wait_until_ready()

    async def _dismiss(self) -> None:
        if self._process:
            await self._process.dismiss(FINISH_SECONDS)

    async def _start(self) -> Process:
        self._starts += 1
        process = await Process.start(self.part, number=self._starts, show=self._show)
        self._show(self.part.name, f"started as process {process.pid}.")
        return process

    async def _pause(self, status: int, *, lasted: float) -> None:
        self._failures = 0 if lasted > LASTING else self._failures
        delay = min(LONGEST_DELAY, FIRST_DELAY * 2**self._failures)
        self._failures += 1
        self._show(self.part.name, f"ended with status {status}; again in {delay:g} seconds.")
        await asyncio.sleep(delay)
