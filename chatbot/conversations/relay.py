"""Joins the listeners of one event loop to those of other processes, over the channel layer.

Nobody waits for it longer than a moment: a layer that is away costs speed, never an answer.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence, Set
from typing import Any, Protocol
from uuid import UUID, uuid4

from redis.exceptions import RedisError

from chatbot.conversations.events import Frame

PATIENCE = 1.0  # seconds for one call, and between two tries while the layer is away
UNREACHABLE = (TimeoutError, OSError, RedisError)

logger = logging.getLogger(__name__)


class Listeners(Protocol):
    """Whom the relay serves."""

    def get_conversations(self) -> Set[UUID]: ...

    def deliver(self, conversation_id: UUID, frames: Sequence[Frame]) -> None: ...

    def resume(self) -> None:
        """Frames may have been lost: everybody reads the log."""


class Relay:
    """One loop's line to the other processes; after an outage it joins again by itself."""

    def __init__(self, layer: Any, listeners: Listeners) -> None:
        self._layer = layer
        self._listeners = listeners
        self._name = uuid4().hex
        self._channel = ""
        self._joined: set[UUID] = set()
        self._opening = asyncio.Lock()
        self._receiving: asyncio.Task[None] | None = None
        self._recovering: asyncio.Task[None] | None = None

    async def join(self, conversation_id: UUID) -> None:
        await self._try(lambda: self._join(conversation_id))

    async def leave(self, conversation_id: UUID) -> None:
        await self._try(lambda: self._leave(conversation_id))

    async def send(self, conversation_id: UUID, frames: Sequence[Frame]) -> None:
        parcel = {
            "type": "frames",
            "from": self._name,
            "conversation": conversation_id.hex,
            "frames": list(frames),
        }
        await self._try(lambda: self._layer.group_send(_build_group(conversation_id), parcel))

    async def _try(self, call: Callable[[], Awaitable[None]]) -> None:
        if self._recovering is not None:
            return
        try:
            async with asyncio.timeout(PATIENCE):
                await call()
        except UNREACHABLE as error:
            logger.warning("channel layer not reached", extra={"error": type(error).__name__})
            if self._recovering is None:
                self._recovering = asyncio.create_task(self._recover())

    async def _join(self, conversation_id: UUID) -> None:
        async with self._opening:
            if self._receiving is None:
                self._channel = await self._layer.new_channel()
                self._receiving = asyncio.create_task(self._receive())
        await self._layer.group_add(_build_group(conversation_id), self._channel)
        self._joined.add(conversation_id)

    async def _leave(self, conversation_id: UUID) -> None:
        await self._layer.group_discard(_build_group(conversation_id), self._channel)
        self._joined.discard(conversation_id)

    async def _receive(self) -> None:
        while True:
            parcel = await self._layer.receive(self._channel)
            if parcel["from"] != self._name:
                self._listeners.deliver(UUID(parcel["conversation"]), parcel["frames"])

    async def _recover(self) -> None:
        """Tries until every conversation is joined again; only then others try as well."""
        while self._recovering is not None:
            await asyncio.sleep(PATIENCE)
            try:
                await self._layer.group_send("nobody", {"type": "probe"})
                await self._catch_up()
            except UNREACHABLE:
                continue
            self._recovering = None
        logger.info("channel layer reached again")
        self._listeners.resume()

    async def _catch_up(self) -> None:
        """Joins and leaves what was refused meanwhile."""
        while changed := self._listeners.get_conversations() ^ self._joined:
            for conversation_id in changed:
                is_left = conversation_id not in self._listeners.get_conversations()
                await (self._leave if is_left else self._join)(conversation_id)


def _build_group(conversation_id: UUID) -> str:
    return f"conversation.{conversation_id.hex}"
