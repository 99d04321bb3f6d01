"""Messages of one conversation take turns in a process, so that none decides in vain."""

from __future__ import annotations

import asyncio
from collections import deque
from uuid import UUID

from chatbot.conversations.perloop import PerLoop

# Who waits behind whoever holds a conversation, first come first served.
_Queues = dict[UUID, deque["asyncio.Future[None]"]]
_queues: PerLoop[_Queues] = PerLoop(dict)


class hold:  # noqa: N801 - reads as `async with hold(conversation_id)`
    """Other processes are told from the log's version that they were late.

    As `asyncio.Lock`, of which one a conversation would have to be found, made and forgotten for
    every message.
    """

    __slots__ = ("_conversation_id", "_queues")

    def __init__(self, conversation_id: UUID) -> None:
        self._conversation_id = conversation_id
        self._queues = _queues.get()

    async def __aenter__(self) -> None:
        queue = self._queues.get(self._conversation_id)
        if queue is None:
            self._queues[self._conversation_id] = deque()
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        queue.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():  # its turn had come just then
                self._pass_on()
            raise

    async def __aexit__(self, *_: object) -> None:
        self._pass_on()

    def _pass_on(self) -> None:
        """To the first who still waits."""
        queue = self._queues[self._conversation_id]
        while queue:
            turn = queue.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        del self._queues[self._conversation_id]
