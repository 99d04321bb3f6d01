"""Joins the listeners of one event loop to those of other processes, over the channel layer.

All processes share one group. What queued while the last parcel was on its way goes with the next,
so nobody waits for it: a layer that is away costs speed, never an answer. Parcels are numbered per
sender and one leaves every second at least: where a number is missing the log is read again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Sequence
from typing import Any, Protocol
from uuid import UUID, uuid4

from redis.exceptions import RedisError

from chatbot.conversations.events import Frame

GROUP = "conversations"
BEAT = 1.0  # seconds without a parcel, at most
PATIENCE = 1.0  # seconds for one call, and between two tries while the layer is away
MOST = 10_000  # frames that wait; others count as lost
SENDERS = 1_000  # processes remembered
UNREACHABLE = (TimeoutError, OSError, RedisError)

logger = logging.getLogger(__name__)


class Listeners(Protocol):
    """Whom the relay serves."""

    def deliver(self, conversation_id: UUID, frames: Iterable[Frame]) -> None: ...

    def resume(self) -> None:
        """Frames may have been lost: everybody reads the log."""


class Relay:
    """One loop's line to the other processes; after an outage it joins again by itself."""

    def __init__(self, layer: Any, listeners: Listeners) -> None:
        self._layer = layer
        self._listeners = listeners
        self._name = uuid4().hex
        self._number = 0
        self._waiting: list[tuple[str, Frame]] = []
        self._wanted = asyncio.Event()
        self._heard: dict[str, int] = {}
        self._running: asyncio.Task[None] | None = None
        self._reached = asyncio.Event()
        self._is_cut = False

    def start(self) -> None:
        if self._running is None:
            self._wanted.set()
            self._running = asyncio.create_task(self._run())
            self._running.add_done_callback(self._end)

    def post(self, conversation_id: UUID, frames: Sequence[Frame]) -> None:
        """Takes frames for the next parcel; never waits."""
        self.start()
        if len(self._waiting) >= MOST:
            self._number += 1  # whoever listens there sees that something is missing
            return
        self._waiting += [(conversation_id.hex, frame) for frame in frames]
        self._wanted.set()

    async def send(self, conversation_id: UUID, frames: Sequence[Frame]) -> None:
        """A parcel of its own, for callers whose loop ends with the call: nothing stays behind."""
        await self._send([(conversation_id.hex, frame) for frame in frames])

    async def _run(self) -> None:
        await asyncio.gather(self._send_for_ever(), self._receive_for_ever())

    def _end(self, running: asyncio.Task[None]) -> None:
        """Whatever ended it, the next frame starts it again."""
        self._running = None
        if not running.cancelled() and (error := running.exception()):
            logger.error("relay ended", exc_info=error)

    async def _send_for_ever(self) -> None:
        while True:
            _end_if_cancelled()
            await self._wait_for_frames()
            frames, self._waiting = self._waiting, []
            if not await self._send(frames):
                # In doubt it goes twice: who has it already passes over it.
                self._waiting = [*frames, *self._waiting][:MOST]
                await asyncio.sleep(PATIENCE)

    async def _wait_for_frames(self) -> None:
        try:
            async with asyncio.timeout(BEAT):
                await self._wanted.wait()
        except TimeoutError:
            return
        self._wanted.clear()

    async def _send(self, frames: Sequence[tuple[str, Frame]]) -> bool:
        self._number += 1
        parcel = {"type": "parcel", "from": self._name, "number": self._number, "frames": frames}
        try:
            async with asyncio.timeout(PATIENCE):
                await self._layer.group_send(GROUP, parcel)
        except UNREACHABLE as error:
            self._note(error)
            return False
        self._note(None)
        return True

    async def _receive_for_ever(self) -> None:
        channel = await self._join()
        while True:
            _end_if_cancelled()
            self._take(await self._layer.receive(channel))

    async def _join(self) -> str:
        while True:
            _end_if_cancelled()
            await self._reached.wait()  # every try in vain would leave a channel behind
            try:
                async with asyncio.timeout(PATIENCE):
                    channel: str = await self._layer.new_channel()
                    await self._layer.group_add(GROUP, channel)
            except UNREACHABLE as error:
                self._note(error)
                continue
            self._listeners.resume()
            return channel

    def _take(self, parcel: dict[str, Any]) -> None:
        sender, number = parcel["from"], parcel["number"]
        if sender == self._name:
            return
        is_missing = number != self._heard.get(sender, 0) + 1
        if len(self._heard) >= SENDERS:
            self._heard.clear()
        self._heard[sender] = number
        for conversation, frame in parcel["frames"]:
            self._listeners.deliver(UUID(conversation), [frame])
        if is_missing:
            self._listeners.resume()

    def _note(self, error: Exception | None) -> None:
        """Logs once that the layer is away, and once that it is back."""
        if error is None:
            if self._is_cut:
                logger.info("channel layer reached again")
            self._reached.set()
        else:
            if not self._is_cut:
                logger.warning("channel layer not reached", extra={"error": type(error).__name__})
            self._reached.clear()
        self._is_cut = error is not None


def _end_if_cancelled() -> None:
    """The Redis client swallows a cancellation that comes while it connects."""
    task = asyncio.current_task()
    if task and task.cancelling():
        raise asyncio.CancelledError
