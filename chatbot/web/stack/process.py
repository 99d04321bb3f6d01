"""One start of a part: its output under its name, whether it is ready, and its polite end."""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
import sys
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import Callable
from typing import Self

import httpx2
from django.conf import settings

from chatbot.web.stack.parts import READY, Part

LONGEST_LINE = 2**20  # bytes
LOOK_EVERY = 0.2  # seconds
PR_SET_PDEATHSIG = 1

Show = Callable[[str, str], None]


class Process:
    """`show(name, line)` gets every line it prints."""

    def __init__(self, part: Part, child: asyncio.subprocess.Process, show: Show) -> None:
        self.part = part
        self.is_dismissed = False
        self._child = child
        self._show = show
        self._said_ready = asyncio.Event()
        self._reading = asyncio.create_task(self._read())

    @classmethod
    async def start(cls, part: Part, *, number: int, show: Show) -> Self:
        """Outside our process group: Ctrl+C reaches it through us only, and in order."""
        child = await asyncio.create_subprocess_exec(
            *(argument.replace("{start}", str(number)) for argument in part.command),
            env={**os.environ, "PYTHONUNBUFFERED": "1", **part.environment},
            cwd=settings.BASE_DIR,
            stdout=PIPE,
            stderr=STDOUT,
            limit=LONGEST_LINE,
            start_new_session=True,
            preexec_fn=_end_with_parent if sys.platform == "linux" else None,
        )
        return cls(part, child, show)

    @property
    def pid(self) -> int:
        return self._child.pid

    async def wait(self) -> int:
        """Its exit status, once everything it printed has been shown."""
        await self._reading
        return await self._child.wait()

    async def wait_until_ready(self, seconds: float) -> bool:
        """False if it ended before, or was not ready in time."""
        getting_ready = asyncio.create_task(self._get_ready())
        ending = asyncio.create_task(self._child.wait())
        tasks = {getting_ready, ending}
        try:
            await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            return getting_ready.done() and not ending.done()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def dismiss(self, seconds: float) -> None:
        """Asked to end, and made to when it has not within this time."""
        self.is_dismissed = True
        self._signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(self._child.wait(), seconds)
        except TimeoutError:
            self._show(self.part.name, f"did not end within {seconds:g} seconds, so it was killed.")
            self._signal(signal.SIGKILL)
            await self._child.wait()

    def _signal(self, kind: signal.Signals) -> None:
        if self._child.returncode is None:
            self._child.send_signal(kind)

    async def _get_ready(self) -> None:
        if not self.part.health_url:
            await self._said_ready.wait()
            return
        async with httpx2.AsyncClient(trust_env=False, timeout=2) as client:
            while True:
                if await _is_healthy(client, self.part.health_url):
                    return
                await asyncio.sleep(LOOK_EVERY)

    async def _read(self) -> None:
        while (raw := await self._read_line()) is not None:
            line = raw.decode(errors="replace").rstrip()
            if line == READY:
                self._said_ready.set()
            self._show(self.part.name, line)

    async def _read_line(self) -> bytes | None:
        """None at the end."""
        if self._child.stdout is None:
            return None
        try:
            return await self._child.stdout.readline() or None
        except ValueError:
            return b"(a line too long to show)"


async def _is_healthy(client: httpx2.AsyncClient, url: str) -> bool:
    try:
        return (await client.get(url)).status_code == 200
    except httpx2.TransportError:
        return False


def _end_with_parent() -> None:
    """In the child: should we be killed, the kernel ends it politely instead of us."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
