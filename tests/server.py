"""The real web process for tests: uvicorn on a thread, and clients that speak to it."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Self, TypeVar
from uuid import uuid4

import httpx
import uvicorn
from websockets.sync.client import ClientConnection, connect

from chatbot.config.asgi import application
from chatbot.conversations import log

T = TypeVar("T")


class Address:
    """A web process on loopback: `.url`, `.chat()`, `.http()`."""

    def __init__(self, port: int = 0) -> None:
        self.port = port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def http(self, token: str = "", **headers: str) -> httpx.Client:
        if token:
            headers["Authorization"] = f"Bearer {token}"
        return httpx.Client(base_url=self.url, headers=headers, timeout=30)

    @contextmanager
    def chat(self, *, origin: str | None = None, **hello: Any) -> Iterator[Chat]:
        """A socket that has said hello and read its welcome."""
        with self.socket(origin=origin) as socket:
            yield Chat(socket, {"site": "default", **hello})

    def socket(self, *, origin: str | None = None, **headers: str) -> ClientConnection:
        return connect(
            f"ws://127.0.0.1:{self.port}/ws/chat/",
            additional_headers=({"Origin": origin} if origin else {}) | headers,
            max_size=None,
        )


class Server(Address):
    """`with Server() as server:` on a thread of this process, on this test's database."""

    def __init__(self) -> None:
        super().__init__()
        config = uvicorn.Config(
            application,
            host="127.0.0.1",
            port=0,
            log_config=None,
            proxy_headers=False,
            ws_max_size=1_000_000,
            lifespan="off",
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=self._server.config.get_loop_factory()) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        await self._server.serve()
        await log.close_batches()

    def call(self, function: Callable[[], T]) -> T:
        """Runs it on the server's own loop, between two of its steps."""

        async def run() -> T:
            return function()

        loop = self._server.servers[0].get_loop()
        return asyncio.run_coroutine_threadsafe(run(), loop).result(10)

    def __enter__(self) -> Self:
        self._thread.start()
        while not self._server.started:
            self._thread.join(0.01)
        self.port = self._server.servers[0].sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(10)


class Chat:
    """A visitor on the socket."""

    def __init__(self, socket: ClientConnection, hello: dict[str, Any]) -> None:
        self.socket = socket
        self.send(type="hello", **hello)
        self.welcome = self.read()

    def send(self, **frame: Any) -> None:
        self.socket.send(json.dumps(frame))

    def read(self, timeout: float = 30) -> dict[str, Any]:
        frame: dict[str, Any] = json.loads(self.socket.recv(timeout=timeout))
        return frame

    def say(self, text: str, client_id: str = "") -> str:
        client_id = client_id or str(uuid4())
        self.send(type="message", client_id=client_id, text=text)
        return client_id

    def read_event(self, timeout: float = 30) -> dict[str, Any]:
        """The next event; deltas on the way are passed over."""
        while (frame := self.read(timeout))["type"] == "delta":
            pass
        assert frame["type"] == "event", frame
        event: dict[str, Any] = frame["event"]
        return event

    def ask(self, text: str) -> dict[str, Any]:
        """Says something and returns the answer, whatever comes between."""
        self.say(text)
        question = self.read_event()
        while True:
            event = self.read_event()
            if event["exchange"] == question["exchange"] and event["kind"] == "message":
                return event
