"""A TCP proxy on loopback that breaks its connections in the middle of what they carry."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, eq=False, slots=True)
class Pipe:
    """One connection's two ends."""

    ends: tuple[asyncio.StreamWriter, asyncio.StreamWriter]

    def abort(self) -> None:
        for end in self.ends:
            end.transport.abort()


class Cutter:
    """`async with Cutter(port) as cutter:`; `cutter.port` leads to `port` on this machine."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._server: asyncio.Server | None = None
        self._pipes: set[Pipe] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._tearing: set[str] = set()
        self._torn = 0
        self._is_torn = asyncio.Event()
        self.port = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server:
            self._server.close()
        for pipe in self._pipes:
            pipe.abort()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def tear(self, direction: str, *, at_least: int = 1, seconds: float = 20) -> int:
        """For a moment breaks each connection in the middle of its next bytes to that side.

        `direction` is "in" (towards the server) or "out". Returns how many broke: it goes on until
        `at_least` of them did, and then a little, so that the idle ones stay whole.
        """
        before = self._torn
        self._tearing.add(direction)
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self._torn - before < at_least:
                    self._is_torn.clear()
                    await self._is_torn.wait()
        await asyncio.sleep(0.5)
        self._tearing.discard(direction)
        return self._torn - before

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.transport.abort()
            return
        pipe = Pipe((writer, back))
        self._pipes.add(pipe)
        await asyncio.gather(
            self._copy(reader, back, pipe, "in"), self._copy(there, writer, pipe, "out")
        )
        self._pipes.discard(pipe)

    async def _copy(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        pipe: Pipe,
        direction: str,
    ) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(65536):
                if direction in self._tearing and len(data) > 1:
                    self._torn += 1
                    self._is_torn.set()
                    await self._tear(data, writer, pipe)
                    return
                writer.write(data)
                await writer.drain()
        writer.close()

    @staticmethod
    async def _tear(data: bytes, writer: asyncio.StreamWriter, pipe: Pipe) -> None:
        """The first half arrives, then both sides see a broken connection."""
        writer.write(data[: len(data) // 2])
        await writer.drain()
        pipe.abort()
