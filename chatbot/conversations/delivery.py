"""Carries frames to whoever is connected: here at once, to other processes over the channel layer.

The log is the record; this only carries it faster. What is lost here is read again by number.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Any
from uuid import UUID, uuid4
from weakref import WeakKeyDictionary

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

from chatbot.conversations.events import Frame, build_frame
from chatbot.conversations.models import Event

BACKLOG = 512

logger = logging.getLogger(__name__)


class Subscription:
    """One listener's frames; when it falls behind, the oldest go and `lagging` says so."""

    def __init__(self) -> None:
        self.frames: asyncio.Queue[Frame] = asyncio.Queue(BACKLOG)
        self.lagging = False

    def offer(self, frame: Frame) -> None:
        if self.frames.full():
            self.lagging = True
            self.frames.get_nowait()
        self.frames.put_nowait(frame)


class Hub:
    """The listeners of one event loop, joined to those of other processes by the channel layer."""

    def __init__(self, layer: Any) -> None:
        self._listeners: dict[UUID, set[Subscription]] = {}
        self._layer = layer
        self._name = uuid4().hex
        self._channel = ""
        self._relay: asyncio.Task[None] | None = None

    @contextlib.asynccontextmanager
    async def subscribe(self, conversation_id: UUID) -> AsyncIterator[Subscription]:
        subscription = Subscription()
        listeners = self._listeners.setdefault(conversation_id, set())
        listeners.add(subscription)
        if len(listeners) == 1:
            await self._join(conversation_id)
        try:
            yield subscription
        finally:
            listeners.discard(subscription)
            if not listeners and self._listeners.get(conversation_id) is listeners:
                del self._listeners[conversation_id]
                await self._leave(conversation_id)

    async def push(self, conversation_id: UUID, frames: Sequence[Frame]) -> None:
        """To every listener; a channel layer that is down costs only speed, so it is logged."""
        self._deliver(conversation_id, frames)
        if self._layer is None or not frames:
            return
        parcel = {
            "type": "frames",
            "from": self._name,
            "conversation": conversation_id.hex,
            "frames": list(frames),
        }
        with _tolerating("frames not relayed"):
            await self._layer.group_send(_build_group(conversation_id), parcel)

    def _deliver(self, conversation_id: UUID, frames: Iterable[Frame]) -> None:
        for frame in frames:
            for listener in self._listeners.get(conversation_id, ()):
                listener.offer(frame)

    async def _join(self, conversation_id: UUID) -> None:
        if self._layer is None:
            return
        with _tolerating("group not joined"):
            if self._relay is None or self._relay.done():
                self._channel = await self._layer.new_channel()
                self._relay = asyncio.create_task(self._receive())
            await self._layer.group_add(_build_group(conversation_id), self._channel)

    async def _leave(self, conversation_id: UUID) -> None:
        if self._layer is not None:
            with _tolerating("group not left"):
                await self._layer.group_discard(_build_group(conversation_id), self._channel)

    async def _receive(self) -> None:
        while True:
            parcel = await self._layer.receive(self._channel)
            if parcel["from"] != self._name:
                self._deliver(UUID(parcel["conversation"]), parcel["frames"])


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def get_hub() -> Hub:
    """The running loop's hub."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub(get_channel_layer())
    return _hubs[loop]


async def push_events(conversation_id: UUID, events: Iterable[Event]) -> None:
    """Stored events to the conversation's listeners: only ever after their commit."""
    await get_hub().push(conversation_id, [build_frame(event) for event in events])


def push_events_from_thread(conversation_id: UUID, events: Iterable[Event]) -> None:
    """The same for synchronous callers: it runs on the loop that started their thread."""
    async_to_sync(push_events)(conversation_id, events)


def _build_group(conversation_id: UUID) -> str:
    return f"conversation.{conversation_id.hex}"


@contextlib.contextmanager
def _tolerating(message: str) -> Any:
    try:
        yield
    except (TimeoutError, OSError, ConnectionError) as error:
        logger.warning(message, extra={"error": type(error).__name__})
