"""No stranger fills memory or disk with a body that nothing here needs."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import httpx
import pytest

from chatbot.web.bodies import MAX_BODY
from tests.server import Server

CALLS = "/api/v1/conversations"


def test_a_body_that_says_it_is_too_large_is_refused_unread(server: Server) -> None:
    with server.http() as client:
        response = client.post(CALLS, content=b"x" * (MAX_BODY + 1))
    assert response.status_code == 413
    assert response.headers["content-type"] == "application/problem+json"


def test_a_body_that_does_not_say_its_length_is_cut_off(server: Server) -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(1000):
            sent += 1_000_000
            yield b"x" * 1_000_000

    # The server may have answered and hung up while we are still sending.
    with server.http() as client, contextlib.suppress(httpx.TransportError):
        assert client.post(CALLS, content=endless()).status_code == 413
    assert sent < 100_000_000


@pytest.mark.parametrize("size", [0, 1000])
def test_an_ordinary_body_passes(server: Server, size: int) -> None:
    with server.http() as client:
        response = client.post(CALLS, json={"site": "default", "padding": "x" * size})
    assert response.status_code == 201
