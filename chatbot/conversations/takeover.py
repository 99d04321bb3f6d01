"""Work for the bot's answer that ends as soon as a person owns the conversation."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar
from uuid import UUID

from chatbot.conversations.delivery import Subscription, get_hub
from chatbot.conversations.events import Frame
from chatbot.conversations.models import Status

T = TypeVar("T")


class TakenOver(Exception):
    """A person owns the conversation now: whatever was being said ends here."""


async def unless_taken_over(conversation_id: UUID, work: Coroutine[Any, Any, T]) -> T:
    """What the work gives; raises TakenOver as soon as a person speaks."""
    async with get_hub().subscribe(conversation_id) as notices:
        working = asyncio.create_task(work)
        watching = asyncio.create_task(_wait_for_person(notices))
        try:
            await asyncio.wait({working, watching}, return_when=asyncio.FIRST_COMPLETED)
            if not working.done():
                raise TakenOver
            return working.result()
        finally:
            working.cancel()
            watching.cancel()
            await asyncio.gather(working, watching, return_exceptions=True)


async def _wait_for_person(notices: Subscription) -> None:
    """Returns when the log tells that the bot no longer speaks here."""
    while not any(map(_tells_of_person, await notices.take())):
        pass


def _tells_of_person(frame: Frame) -> bool:
    return bool(frame.get("event", {}).get("status", Status.BOT) != Status.BOT)
