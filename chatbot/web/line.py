"""One socket as frames: what is no JSON object is answered here and goes no further."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import orjson

from chatbot.conversations.events import Frame
from chatbot.conversations.messages import BadMessage
from chatbot.web.rates.passage import Passage
from chatbot.web.wire import parse_json

MAX_FRAME = 64_000  # characters

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class Gone(Exception):
    """The client hung up."""


class Line:
    """The two directions of one connection."""

    __slots__ = ("_receive", "_send", "passage")

    def __init__(self, receive: Receive, send: Send, passage: Passage) -> None:
        self._receive = receive
        self._send = send
        self.passage = passage

    async def accept(self) -> None:
        await self._receive()
        await self._send({"type": "websocket.accept"})

    async def close(self, code: int, reason: str) -> None:
        await self._send({"type": "websocket.close", "code": code, "reason": reason})

    async def send(self, frame: Frame) -> None:
        await self._send({"type": "websocket.send", "text": orjson.dumps(frame).decode()})

    async def send_error(self, code: str, detail: str, **more: object) -> None:
        if pause := self.passage.find_pause():
            await asyncio.sleep(pause)  # and nothing is read meanwhile
        await self.send({"type": "error", "code": code, "detail": detail, **more})

    async def read(self) -> Frame:
        """The next well-formed frame; raises Gone, and Limited if they come too fast."""
        while True:
            message = await self._receive()
            if message["type"] == "websocket.disconnect":
                raise Gone
            self.passage.take_frame(message.get("text") or message.get("bytes") or b"")
            try:
                return _parse_frame(message.get("text"))
            except BadMessage as error:
                await self.send_error(error.code, error.detail)


def _parse_frame(text: str | None) -> Frame:
    if text is None:
        raise BadMessage("bad_frame", "Send JSON as a text frame.")
    if len(text) > MAX_FRAME:
        raise BadMessage("too_long", f"A frame has at most {MAX_FRAME:,} characters.")
    try:
        frame = parse_json(text)
    except ValueError as error:
        raise BadMessage("bad_frame", "This is not JSON.") from error
    if not isinstance(frame, dict):
        raise BadMessage("bad_frame", "A frame is a JSON object with a type.")
    return frame
