"""What goes wrong under /v1/, in the form that clients of OpenAI's protocol understand."""

from __future__ import annotations

from typing import Any

from chatbot.conversations import log
from chatbot.conversations.messages import BadMessage
from chatbot.web.rates.allowance import Limited

_KINDS = {429: "requests", 500: "server_error", 503: "server_error", 504: "server_error"}


class Failure(Exception):
    """One error object; `retry_after` in whole seconds where coming again makes sense."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        retry_after: int | None = None,
        **firstline: str,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code
        self.param = param
        self.retry_after = retry_after
        self.firstline = firstline

    def build_body(self) -> dict[str, Any]:
        error = {
            "message": self.message,
            "type": _KINDS.get(self.status, "invalid_request_error"),
            "param": self.param,
            "code": self.code,
        }
        return {"error": error, **({"firstline": self.firstline} if self.firstline else {})}

    def build_headers(self) -> dict[str, str]:
        """The SDK repeats 409 and all from 500 on unless it is told that this is in vain."""
        headers = {"x-should-retry": "false"} if self.retry_after is None else {}
        if self.retry_after is not None:
            headers["retry-after"] = str(self.retry_after)
        if self.status == 401:
            headers["www-authenticate"] = "Bearer"
        return headers


def build_failure(error: Exception) -> Failure:
    """What the client is told of an error of the domain; nothing of the inside."""
    match error:
        case Failure():
            return error
        case Limited():
            return Failure(
                429, error.detail, code="rate_limit_exceeded", retry_after=error.retry_after
            )
        case BadMessage():
            is_long = error.code == "too_long"
            code = "too_long" if is_long else "invalid_value"
            return Failure(413 if is_long else 400, error.detail, code=code, param="messages")
        case log.Closed():
            message = "This conversation has ended: begin a new one."
            return Failure(409, message, code="conversation_closed", param="metadata.conversation")
        case log.Unstorable():
            message = "This message cannot be stored: write it in other words."
            return Failure(400, message, code="invalid_value", param="messages")
        case _:
            return Failure(503, "The server is busy: try again.", code="busy", retry_after=1)
