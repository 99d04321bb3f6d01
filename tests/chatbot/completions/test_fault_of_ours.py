"""A fault of ours under /v1/: the client is told in its own form, the server's log has the rest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
import pytest

from chatbot.web.completions.door import serve_completions
from tests.chatbot.completions.conftest import PATH

pytestmark = pytest.mark.django_db(transaction=True)


class Broken(RuntimeError):
    """Nobody foresaw it."""


async def test_a_fault_nobody_foresaw_is_told_in_openais_form_and_not_swallowed(key: str) -> None:
    sent: list[Mapping[str, Any]] = []

    async def receive() -> dict[str, Any]:
        raise Broken("secret inside")

    async def send(message: Mapping[str, Any]) -> None:
        sent.append(message)

    headers = [(b"authorization", f"Bearer {key}".encode())]
    scope = {"type": "http", "method": "POST", "path": PATH, "headers": headers}
    with pytest.raises(Broken):
        await serve_completions(scope, receive, send)
    begin, body = sent
    assert begin["status"] == 500
    assert orjson.loads(body["body"])["error"]["code"] == "internal"
    assert b"secret inside" not in body["body"]
