"""A real HTTP server that speaks the OpenAI protocol and misbehaves on request.

In a test: `with FakeProvider() as server:`. In a process of its own:
`python -m tests.llm_bridge.fake_provider PORT`. The model's name chooses the behaviour (see
fake_modes.MODES); for any other name `POST /control {"mode": NAME}` does. `GET /control` tells
what was asked so far.
"""

from __future__ import annotations

import asyncio
import json
import sys
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from types import TracebackType
from typing import Any, Self

from tests.llm_bridge.fake_modes import MODES, Mode, Reply


@dataclass(slots=True)
class RecordedRequest:
    """One request as it arrived, and how its connection ended."""

    method: str
    path: str
    headers: dict[str, str]
    body: dict[str, Any]
    finished: bool = False
    closed_by_client: bool = False


@dataclass(slots=True)
class FakeProvider:
    """The server, on its own thread and loop, at a free loopback port or the one given."""

    port: int = 0
    mode: str = "ok"
    requests: list[RecordedRequest] = field(default_factory=list)
    models: tuple[str, ...] = ("ok",)
    # Answers everything instead of a mode, if given.
    behave: Mode | None = None
    _attempts: Counter[str] = field(default_factory=Counter)
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _stop: asyncio.Event = field(default_factory=asyncio.Event)
    _loop: asyncio.AbstractEventLoop | None = None
    _thread: threading.Thread | None = None

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def completions(self) -> list[RecordedRequest]:
        """Only the questions, not the listings of models."""
        return [each for each in self.requests if each.path.endswith("/chat/completions")]

    def wait_until(self, condition: Callable[[FakeProvider], bool], seconds: float = 10) -> bool:
        """True as soon as the condition holds; False if it never came to hold."""
        with self._changed:
            return self._changed.wait_for(lambda: condition(self), seconds)

    def __enter__(self) -> Self:
        started = threading.Event()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._serve(started)), daemon=True
        )
        self._thread.start()
        started.wait()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._loop is not None
        assert self._thread is not None
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    async def _serve(self, started: threading.Event) -> None:
        self._loop = asyncio.get_running_loop()
        server = await asyncio.start_server(self._connect, "127.0.0.1", self.port)
        self.port = server.sockets[0].getsockname()[1]
        started.set()
        await self._stop.wait()
        server.close()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request for each connection, so that its end is that connection's end."""
        try:
            request = await _read_request(reader)
            self._note(request)
            answering = asyncio.create_task(self._answer(request, writer))
            # The client sends nothing more: the end of its side means that it hung up.
            hung_up = asyncio.create_task(reader.read(1))
            await asyncio.wait({answering, hung_up}, return_when=asyncio.FIRST_COMPLETED)
            request.finished = answering.done() and not answering.exception()
            request.closed_by_client = not request.finished
            for task in (answering, hung_up):
                task.cancel()
            await asyncio.gather(answering, hung_up, return_exceptions=True)
            self._note(None)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the client left before it had asked: nothing to answer
        finally:
            writer.close()

    def _note(self, request: RecordedRequest | None) -> None:
        with self._changed:
            if request and not request.path.startswith("/control"):
                self.requests.append(request)
            self._changed.notify_all()

    async def _answer(self, request: RecordedRequest, writer: asyncio.StreamWriter) -> None:
        async def write(raw: bytes) -> None:
            writer.write(raw)
            await writer.drain()

        name = str(request.body.get("model", ""))
        mode = name if name in MODES else self.mode
        self._attempts[name] += 1
        reply = Reply(
            write,
            request.body,
            self._attempts[name],
            path=request.path,
            headers=request.headers,
        )
        if self.behave:
            await self.behave(reply)
        elif request.path == "/control":
            await self._control(request, reply)
        elif request.path.endswith("/models"):
            await self._list_models(reply)
        else:
            await MODES[mode](reply)

    async def _list_models(self, reply: Reply) -> None:
        if self.mode == "unauthorised":
            await reply.refuse(401)
            return
        listed = [{"id": name, "object": "model", "created": 1} for name in self.models]
        await reply.send(200, {"object": "list", "data": listed})

    async def _control(self, request: RecordedRequest, reply: Reply) -> None:
        if request.method == "POST":
            self.mode = request.body.get("mode", self.mode)
            self._attempts.clear()
        told = [asdict(each) for each in self.requests]
        await reply.send(200, {"mode": self.mode, "requests": told})


async def _read_request(reader: asyncio.StreamReader) -> RecordedRequest:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, path, _ = head[0].split(" ")
    pairs = (line.split(": ", 1) for line in head[1:] if line)
    headers = {name.lower(): value for name, value in pairs}
    raw = await reader.readexactly(int(headers.get("content-length", "0")))
    return RecordedRequest(method, path, headers, json.loads(raw) if raw else {})


if __name__ == "__main__":
    with FakeProvider(port=int(sys.argv[1])) as running:
        sys.stdout.write(f"{running.base_url}\n")
        sys.stdout.flush()
        threading.Event().wait()
