"""One HTTP call under /v1/: a bounded body in, one JSON answer or a stream of events out."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from typing import Any, TypeVar

import orjson

from chatbot.web.addresses import find_household, find_scope_address
from chatbot.web.bodies import Receive, Send
from chatbot.web.completions.failures import Failure
from chatbot.web.rates.allowance import Caller, get_allowance
from chatbot.web.wire import parse_json

MAX_BODY = 1_000_000  # bytes, as of every other call
DONE = b"data: [DONE]\n\n"
WAITING = b": waiting\n\n"  # a comment: it keeps proxies from giving up
T = TypeVar("T")


class Gone(Exception):
    """The client hung up."""


class Client:
    """The two directions of one call; what was sent already decides how an error is told."""

    def __init__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        self._scope = scope
        self._receive = receive
        self._send = send
        self._is_read = False
        self._is_streaming = False
        self.caller = Caller(address=find_household(find_scope_address(scope)))

    def get_header(self, name: str) -> str:
        """All lines of it, joined as HTTP joins them; empty when there is none."""
        wanted = name.encode()
        lines = [value for key, value in self._scope["headers"] if key == wanted]
        return b",".join(lines).decode("latin-1")

    async def read_json(self) -> Any:
        """The body's value; raises Failure (400, 413), Limited and Gone."""
        declared = self.get_header("content-length")
        if declared.isdigit() and int(declared) > MAX_BODY:
            raise _build_too_large()
        try:
            return parse_json(await self._read_body())
        except ValueError as error:
            raise Failure(400, "The body must be JSON.", code="invalid_json") from error

    async def _read_body(self) -> bytes:
        parts: list[bytes] = []
        left = MAX_BODY
        while not self._is_read:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise Gone
            part = message.get("body", b"")
            get_allowance().take("bytes", self.caller, len(part))
            if (left := left - len(part)) < 0:
                raise _build_too_large()
            parts.append(part)
            self._is_read = not message.get("more_body", False)
        return b"".join(parts)

    async def while_there(self, work: Coroutine[Any, Any, T]) -> T:
        """What the work gives; raises Gone and ends it as soon as the client hangs up."""
        working = asyncio.create_task(work)
        leaving = asyncio.create_task(self._wait_until_gone())
        try:
            await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if not working.done():
                raise Gone
            return working.result()
        finally:
            working.cancel()
            leaving.cancel()
            await asyncio.gather(working, leaving, return_exceptions=True)

    async def _wait_until_gone(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass

    async def send_json(
        self, body: object, *, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> None:
        raw = orjson.dumps(body)
        lines = {"content-type": "application/json", "content-length": str(len(raw))}
        await self._begin(status, {**lines, **(headers or {})})
        await self._send({"type": "http.response.body", "body": raw})

    async def begin_stream(self) -> None:
        self._is_streaming = True
        # Proxies that collect a page before they pass it on would hold every piece back.
        lines = {"content-type": "text/event-stream", "x-accel-buffering": "no"}
        await self._begin(200, lines)

    async def send_event(self, body: object) -> None:
        await self._send_piece(b"data: " + orjson.dumps(body) + b"\n\n")

    async def send_waiting(self) -> None:
        await self._send_piece(WAITING)

    async def end_stream(self) -> None:
        await self._send_piece(DONE)
        await self._send({"type": "http.response.body", "body": b""})

    async def send_failure(self, failure: Failure) -> None:
        """As the answer; in a stream that began already, as its last event."""
        if self._is_streaming:
            await self.send_event(failure.build_body())
            await self.end_stream()
            return
        headers = failure.build_headers()
        if not self._is_read:  # what the client still sends stays unread
            headers["connection"] = "close"
        await self.send_json(failure.build_body(), status=failure.status, headers=headers)

    async def _begin(self, status: int, headers: Mapping[str, str]) -> None:
        lines = {"cache-control": "no-store", "x-content-type-options": "nosniff", **headers}
        encoded = [(name.encode(), value.encode()) for name, value in lines.items()]
        await self._send({"type": "http.response.start", "status": status, "headers": encoded})

    async def _send_piece(self, piece: bytes) -> None:
        await self._send({"type": "http.response.body", "body": piece, "more_body": True})


def _build_too_large() -> Failure:
    return Failure(413, f"A request has at most {MAX_BODY:,} bytes.", code="too_large")
