"""When PostgreSQL is away visitors are told to come again, and soon after its return they may."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from websockets.exceptions import ConnectionClosed

from tests.server import Address, Chat
from tests.stack.conftest import Stack
from tests.stack.proxy import Proxy

QUESTION = "where is my order AB-123456"
ANOTHER = "where is my order AB-654321"  # the same answer twice would be left to the model
TRIES = 200


@pytest.fixture(scope="module")
def proxy(postgres: str) -> Iterator[Proxy]:
    parts = urlsplit(postgres)
    with Proxy(parts.hostname or "127.0.0.1", parts.port or 5432) as proxy:
        yield proxy


@pytest.fixture(scope="module")
def web(base: Stack, proxy: Proxy, postgres: str) -> Iterator[Address]:
    """A web process that reaches the database through the proxy only."""
    parts = urlsplit(postgres)
    host = f"{parts.username}@127.0.0.1" if parts.username else "127.0.0.1"
    through = parts._replace(netloc=f"{host}:{proxy.port}").geturl()
    with base.web(DATABASE_URL=through) as web:
        yield web


def insist(visitor: Chat, client_id: str) -> dict[str, object]:
    """Sends one message until it is stored: the stored event."""
    for _ in range(TRIES):
        visitor.say(ANOTHER, client_id)
        frame = visitor.read(30)
        if frame["type"] == "event":
            event: dict[str, object] = frame["event"]
            return event
        assert frame["code"] == "busy", frame
    raise AssertionError("busy for ever")


def test_a_visitor_who_comes_while_the_database_is_away_is_told_to_come_again(
    web: Address, proxy: Proxy
) -> None:
    proxy.cut()
    try:
        with web.socket() as socket, pytest.raises(ConnectionClosed) as closed:
            Chat(socket, {"site": "default"})
    finally:
        proxy.restore()
    assert closed.value.rcvd
    assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (
        1013,
        "Connect again in a moment.",
    )


def test_connections_that_died_in_the_pool_keep_nobody_from_being_served(
    web: Address, proxy: Proxy
) -> None:
    with web.chat() as visitor:
        visitor.ask(QUESTION)
        proxy.cut()
        proxy.restore()
        client_id = str(uuid4())
        assert insist(visitor, client_id)["seq"] == 3
        assert visitor.read_event()["seq"] == 4
        assert insist(visitor, client_id)["seq"] == 3
