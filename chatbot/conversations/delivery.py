"""Carries frames to whoever is connected: here at once, to other processes over the channel layer.

The log is the record; this only carries it faster. What is lost here is read again by number.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from typing import Any
from uuid import UUID

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

from chatbot.conversations import memory
from chatbot.conversations.events import Frame, LoggedEvent, build_frame
from chatbot.conversations.perloop import PerLoop
from chatbot.conversations.relay import Relay

BACKLOG = 512

AGENT_TYPING: Frame = {"type": "typing", "who": "agent"}
VISITOR_TYPING: Frame = {"type": "typing", "who": "visitor"}
RESUME: Frame = {"type": "resume"}
UNSAID = (RESUME, VISITOR_TYPING)  # for listeners here, never for the visitor's clients


class Subscription:
    """One listener's frames; when some were lost, `lagging` says so and the log has them.

    Whoever listens waits in `take`, or is called by `wake` for each frame and takes what there is
    by `pop`: thousands of sockets mostly have nothing to do, and a task that waits weighs 2 kB.
    """

    __slots__ = ("_frames", "_waiter", "lagging", "wake")

    def __init__(self) -> None:
        self._frames: list[Frame] = []
        self._waiter: asyncio.Future[None] | None = None
        self.lagging = False
        self.wake: Callable[[], None] | None = None

    async def take(self) -> list[Frame]:
        """What came since the last time, as soon as there is any; for one listener."""
        while not self._frames:
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        return self.pop()

    def pop(self) -> list[Frame]:
        """What there is, perhaps nothing."""
        frames, self._frames = self._frames, []
        return frames

    async def take_one(self) -> Frame:
        """The next frame alone."""
        frame, *self._frames = await self.take()
        return frame

    def offer(self, frame: Frame) -> None:
        if len(self._frames) >= BACKLOG:
            self.lagging = True
            del self._frames[0]
        self._frames.append(frame)
        if self.wake is not None:
            self.wake()
        elif self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def resume(self) -> None:
        """Wakes the listener to read the log."""
        self.lagging = True
        self.offer(RESUME)


class Hub:
    """The listeners of one event loop, joined to those of other processes by a relay."""

    def __init__(self, layer: Any) -> None:
        self._listeners: dict[UUID, set[Subscription]] = {}
        self._relay = Relay(layer, self) if layer is not None else None

    @contextlib.asynccontextmanager
    async def subscribe(self, conversation_id: UUID) -> AsyncIterator[Subscription]:
        subscription = Subscription()
        listeners = self._listeners.setdefault(conversation_id, set())
        listeners.add(subscription)
        if self._relay:
            self._relay.start()
        try:
            yield subscription
        finally:
            listeners.discard(subscription)
            if not listeners and self._listeners.get(conversation_id) is listeners:
                del self._listeners[conversation_id]

    def push(self, conversation_id: UUID, frames: Sequence[Frame]) -> None:
        """To every listener, here and in other processes."""
        self.deliver(conversation_id, frames)
        if self._relay and frames:
            self._relay.post(conversation_id, frames)

    async def send(self, conversation_id: UUID, frames: Sequence[Frame]) -> None:
        """The same, and returns when other processes have been told or could not be."""
        self.deliver(conversation_id, frames)
        if self._relay and frames:
            await self._relay.send(conversation_id, frames)

    def deliver(self, conversation_id: UUID, frames: Iterable[Frame]) -> None:
        listeners = self._listeners.get(conversation_id, ())
        for frame in frames:
            if frame["type"] == "event":
                memory.hear(conversation_id, frame["event"]["seq"])
            for listener in listeners:
                listener.offer(frame)

    def resume(self) -> None:
        for listeners in self._listeners.values():
            for listener in listeners:
                listener.resume()


_hubs = PerLoop(lambda: Hub(get_channel_layer()))

get_hub = _hubs.get  # the running loop's


def push_events(conversation_id: UUID, events: Iterable[LoggedEvent]) -> None:
    """Stored events to the conversation's listeners: only ever after their commit."""
    get_hub().push(conversation_id, [build_frame(event) for event in events])


def push_events_from_thread(conversation_id: UUID, events: Iterable[LoggedEvent]) -> None:
    """The same for synchronous callers, on the loop that started their thread or one of its own."""
    frames = [build_frame(event) for event in events]
    async_to_sync(_send)(conversation_id, frames)


async def _send(conversation_id: UUID, frames: Sequence[Frame]) -> None:
    await get_hub().send(conversation_id, frames)
