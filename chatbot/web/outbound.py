"""The log on its way to one client: by number, without gaps, whatever was carried faster."""

from __future__ import annotations

import asyncio
import logging
from functools import partial

from django.db import DatabaseError

from chatbot.conversations import log
from chatbot.conversations.delivery import UNSAID, Subscription
from chatbot.conversations.events import Frame, LoggedEvent, build_frame
from chatbot.conversations.models import Conversation
from chatbot.conversations.threads import in_thread
from chatbot.web.admission import Admission
from chatbot.web.line import Line

logger = logging.getLogger(__name__)

_read_events = in_thread(log.read_events)


class Outbound:
    """Knows the number of the last event that the client has."""

    __slots__ = ("_cursor", "_line", "_sending", "_subscription", "conversation")

    def __init__(
        self, line: Line, conversation: Conversation, after: int, subscription: Subscription
    ) -> None:
        self._line = line
        self.conversation = conversation
        self._cursor = after
        self._subscription = subscription
        self._sending: asyncio.Task[None] | None = None

    async def welcome(self, admission: Admission) -> None:
        welcome = {
            "type": "welcome",
            "conversation": str(self.conversation.pk),
            "token": admission.token,
            "last_seq": self.conversation.last_seq,
            "status": self.conversation.status,
        }
        if admission.notice:
            welcome["notice"] = admission.notice
        await self._line.send(welcome)
        await self._catch_up()

    def start(self) -> None:
        """From now on whatever comes is passed on, what came meanwhile first."""
        self._subscription.wake = self._wake
        self._wake()

    def stop(self) -> None:
        self._subscription.wake = None
        if self._sending is not None:
            self._sending.cancel()

    def _wake(self) -> None:
        """What is being sent already takes along what came now."""
        if self._sending is None:
            self._sending = asyncio.create_task(self._send())

    async def _send(self) -> None:
        """All there is; a client that can no longer be told everything is sent away."""
        try:
            while frames := self._subscription.pop():
                for frame in frames:
                    await self._forward(frame)
        except DatabaseError as error:
            logger.warning("log not read", extra={"error": type(error).__name__})
            await self._line.close(1011, "Connect again.")
        finally:
            self._sending = None

    async def _forward(self, frame: Frame) -> None:
        if self._subscription.lagging:
            self._subscription.lagging = False
            await self._catch_up()
        if frame in UNSAID:
            return
        if frame["type"] != "event":
            await self._line.send(frame)
            return
        seq = frame["event"]["seq"]
        if seq == self._cursor + 1:
            self._cursor = seq
            await self._line.send(frame)
        elif seq > self._cursor:
            await self._catch_up()

    async def _catch_up(self) -> None:
        while events := await self._read():
            for event in events:
                self._cursor = event.seq
                await self._line.send(build_frame(event))

    async def _read(self) -> list[LoggedEvent]:
        """The next events; once more where a connection was dead that had lain in the pool."""
        read = partial(_read_events, conversation_id=self.conversation.pk, after=self._cursor)
        try:
            return await read()
        except DatabaseError:
            return await read()
