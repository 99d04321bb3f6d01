"""The line to other processes ends with its loop, whatever its client does with a cancellation."""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from typing import Any
from uuid import uuid4

from chatbot.conversations.delivery import Hub


class Deaf:
    """A layer whose client is just connecting and swallows a cancellation, as Redis's does."""

    async def group_send(self, _group: str, _parcel: dict[str, Any]) -> None:
        await self._connect()

    async def new_channel(self) -> str:
        await self._connect()
        return "channel"

    async def group_add(self, _group: str, _channel: str) -> None:
        await self._connect()

    async def receive(self, _channel: str) -> dict[str, Any]:
        await self._connect()
        return {"from": "nobody", "number": 1, "frames": []}

    async def _connect(self) -> None:
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(0.05)


def test_a_loop_ends_though_the_relays_client_swallows_its_cancellation() -> None:
    async def push_and_leave() -> None:
        hub = Hub(Deaf())
        async with hub.subscribe(uuid4()):
            hub.push(uuid4(), [{"type": "typing", "who": "agent"}])
            await asyncio.sleep(0.02)

    running = threading.Thread(target=asyncio.run, args=[push_and_leave()], daemon=True)
    running.start()
    running.join(10)
    assert not running.is_alive()
