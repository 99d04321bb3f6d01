"""Calls of the API are counted by address before anything looks at them."""

from __future__ import annotations

from typing import Any

from chatbot.web.addresses import find_household, find_scope_address
from chatbot.web.bodies import Application, Message, Receive, Send
from chatbot.web.problems import build_problem, send_problem
from chatbot.web.rates.allowance import Allowance, Caller, Limited, get_allowance

PREFIX = "/api/v1/"


def limit_calls(application: Application) -> Application:
    """The same ASGI application, with 429 for an address that calls or sends too much."""

    async def limited(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if not scope["path"].startswith(PREFIX):
            await application(scope, receive, send)
            return
        caller = Caller(address=find_household(find_scope_address(scope)))
        body = _Body(receive, get_allowance(), caller)
        try:
            get_allowance().take("calls", caller)
        except Limited as limit:
            body.limit = limit
        else:
            await application(scope, body.receive, send)
        if body.limit:
            detail, seconds = body.limit.detail, body.limit.retry_after
            await send_problem(send, build_problem(429, detail, retry_after=seconds))

    return limited


class _Body:
    """Counts what arrives; at the limit the application is told that the client hung up."""

    def __init__(self, receive: Receive, allowance: Allowance, caller: Caller) -> None:
        self._receive = receive
        self._allowance = allowance
        self._caller = caller
        self.limit: Limited | None = None

    async def receive(self) -> Message:
        message = await self._receive()
        if size := len(message.get("body", b"")):
            try:
                self._allowance.take("bytes", self._caller, size)
            except Limited as limit:
                self.limit = limit
                return {"type": "http.disconnect"}
        return message
