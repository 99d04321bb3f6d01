"""Bodies larger than any page or call needs are refused before they reach memory or disk."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from chatbot.web.problems import build_problem, send_problem

MAX_BODY = 6_000_000  # bytes; a rulebook file has at most 5 MB
TOO_LARGE = f"A request has at most {MAX_BODY:,} bytes."

Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]


def limit_bodies(application: Application, *, most: int = MAX_BODY) -> Application:
    """The same ASGI application, told that the client hung up when a body is too large."""

    async def limited(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if _find_declared(scope) > most:
            await send_problem(send, build_problem(413, TOO_LARGE))
            return
        body = _Body(receive, most)
        await application(scope, body.receive, send)
        if body.is_too_large:
            await send_problem(send, build_problem(413, TOO_LARGE))

    return limited


class _Body:
    """Counts what arrives: a length that was declared may be a lie, or missing."""

    def __init__(self, receive: Receive, most: int) -> None:
        self._receive = receive
        self._left = most
        self.is_too_large = False

    async def receive(self) -> Message:
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        if self._left >= 0:
            return message
        self.is_too_large = True
        return {"type": "http.disconnect"}


def _find_declared(scope: dict[str, Any]) -> int:
    declared = dict(scope["headers"]).get(b"content-length", b"0")
    return int(declared) if declared.isdigit() else 0
