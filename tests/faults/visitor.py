"""A client that behaves like the widget: an outbox, one number per message, resume by number."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from tests.faults.record import Event, Message, Record

LOST = (OSError, TimeoutError, WebSocketException, httpx.TransportError)
PING_EVERY = 2.0  # seconds; the widget's 20 would only make the run longer
PATIENCE = 15.0
RETRY_STATUS = {429, 503}


class Refused(Exception):
    """The server answered with what no fault explains: this fails the run."""


class Busy(Exception):
    """Told to try again."""


@dataclass(slots=True)
class Tally:
    """What all visitors of a run went through."""

    reconnects: int = 0
    busy: int = 0
    resent: int = 0
    refused: list[str] = field(default_factory=list)
    ways: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Visitor:
    """One conversation. `ports` are the web processes' doors; it comes back by another one."""

    ports: Sequence[int]
    http: httpx.AsyncClient
    rng: Random
    tally: Tally
    uses_sockets: bool = True
    record: Record = field(default_factory=Record)
    _token: str = ""
    _outbox: list[Message] = field(default_factory=list)
    _handed_over: bool = False
    _socket: ClientConnection | None = None
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _posts: set[asyncio.Task[None]] = field(default_factory=set)

    async def say(self, text: str) -> None:
        """Into the outbox; returns when the log has it."""
        message = Message(text)
        self.record.sent.append(message)
        self._outbox.append(message)
        await self._flush()
        await self._until(lambda: message not in self._outbox)

    async def rate(self) -> None:
        """A thumb on the last answer, if there is one; nobody waits for it."""
        answers = [e for e in self.record.events.values() if e["sender"] == "bot" and e["exchange"]]
        if answers and self._socket:
            frame = {"type": "feedback", "exchange": answers[-1]["exchange"], "rating": "up"}
            with suppress(*LOST):
                await self._socket.send(json.dumps({**frame, "comment": ""}))

    async def hear_out(self) -> None:
        """Returns when every question has its answer or was discarded."""
        await self._until(lambda: not self.record.find_open_exchanges())

    @property
    def is_settled(self) -> bool:
        return not self._outbox and not self.record.find_open_exchanges()

    @asynccontextmanager
    async def online(self) -> AsyncIterator[None]:
        """Keeps one way to the server open meanwhile."""
        connecting = asyncio.create_task(self._stay_connected())
        try:
            yield
        finally:
            for task in (connecting, *self._posts):
                task.cancel()
            await asyncio.gather(connecting, *self._posts, return_exceptions=True)

    async def read_all(self) -> list[Event]:
        """The whole log as the server gives it now, page by page."""
        events: list[Event] = []
        while page := await self._read_after(len(events)):
            events += page
        return events

    async def _until(self, condition: Any) -> None:
        while not condition():
            self._changed.clear()
            await self._changed.wait()

    async def _stay_connected(self) -> None:
        door = self.rng.randrange(len(self.ports))
        failures = 0
        while True:
            before = len(self.record.events)
            try:
                await self._converse(self.ports[door])
            except (*LOST, Busy) as error:
                self._check_close(error)
                self.tally.reconnects += 1
            except Refused as error:
                self.tally.refused.append(str(error))
            failures = 0 if len(self.record.events) > before else failures + 1
            door = (door + 1) % len(self.ports)
            await asyncio.sleep(0.1 + self.rng.random() * min(2.0, 0.2 * 2**failures))

    def _check_close(self, error: Exception) -> None:
        """A server may restart, but it may not turn a visitor away."""
        code = error.rcvd.code if isinstance(error, ConnectionClosed) and error.rcvd else 0
        if 4400 <= code < 4500:
            self.tally.refused.append(f"closed with {code}")

    async def _converse(self, port: int) -> None:
        if not self.uses_sockets:
            await self._poll(port)
            return
        address = f"ws://127.0.0.1:{port}/ws/chat/"
        async with connect(
            address, ping_interval=None, open_timeout=PATIENCE, close_timeout=1, compression=None
        ) as socket:
            await socket.send(json.dumps({"type": "hello", **self._build_hello()}))
            await self._take_welcome(json.loads(await _receive(socket, PATIENCE)))
            self._socket = socket
            try:
                await self._reopen()
                await self._listen(socket)
            finally:
                self._socket = None

    def _build_hello(self) -> dict[str, Any]:
        if not self._token:
            return {"site": "default"}
        after = self.record.last_seq
        return {
            "site": "default",
            "conversation": self.record.conversation,
            "token": self._token,
            "after": after,
        }

    async def _take_welcome(self, frame: dict[str, Any]) -> None:
        if frame["type"] == "error" and frame["code"] == "busy":
            raise Busy
        if frame["type"] != "welcome":
            raise Refused(f"instead of a welcome: {frame}")
        self.record.conversation = frame["conversation"]
        self._token = frame["token"]

    async def _listen(self, socket: ClientConnection) -> None:
        is_quiet = False
        while True:
            try:
                frame = json.loads(await _receive(socket, PING_EVERY))
            except TimeoutError:
                if is_quiet:
                    raise
                is_quiet = True
                await socket.send('{"type":"ping"}')
                continue
            is_quiet = False
            await self._take_frame(frame)

    async def _take_frame(self, frame: dict[str, Any]) -> None:
        if frame["type"] == "event":
            await self._take_event(frame["event"])
        elif frame["type"] == "pong" and not self.is_settled:
            await self._read_missing()
            await self._reopen()
        elif frame["type"] == "error":
            await self._take_error(frame)

    async def _take_error(self, frame: dict[str, Any]) -> None:
        if frame["code"] != "busy":
            raise Refused(str(frame))
        self.tally.busy += 1
        await asyncio.sleep(0.2)
        await self._reopen()

    async def _take_event(self, event: Event) -> None:
        self._note([event])
        if event["seq"] > self.record.last_seq:
            await self._read_missing()
        await self._flush()

    async def _read_missing(self) -> None:
        while page := await self._read_after(self.record.last_seq):
            self._note(page)
        await self._flush()

    def _note(self, events: Sequence[Event]) -> None:
        for event in events:
            self.record.note(event)
        stored = {event.get("client_id") for event in events}
        waiting = [each for each in self._outbox if each.client_id not in stored]
        if len(waiting) < len(self._outbox):
            self._outbox, self._handed_over = waiting, False
        self._changed.set()

    async def _read_after(self, after: int, *, port: int = 0, wait: int = 0) -> list[Event]:
        port = port or self.rng.choice(self.ports)
        path = f"/conversations/{self.record.conversation}/events?after={after}&wait={wait}"
        found: list[Event] = (await self._call("GET", port, path))["events"]
        return found

    async def _reopen(self) -> None:
        """After a lost connection nothing unconfirmed counts as handed over."""
        if self._handed_over and self._outbox:
            self.tally.resent += 1
        self._handed_over = False
        await self._flush()

    async def _flush(self) -> None:
        """Hands the oldest message over, in one of the ways a client may choose."""
        if self._handed_over or not self._outbox or not self._token:
            return
        self._handed_over = True
        way = self._choose_way()
        self.tally.ways[way] = self.tally.ways.get(way, 0) + 1
        if way in {"post", "both"}:
            self._post(self._outbox[0])
        if way in {"socket", "twice", "both"}:
            await self._send(self._outbox[0], times=2 if way == "twice" else 1)

    def _choose_way(self) -> str:
        if self._socket is None:
            return "post"
        return self.rng.choices(("socket", "twice", "both", "post"), weights=(6, 1, 2, 1))[0]

    async def _send(self, message: Message, times: int) -> None:
        frame = {"type": "message", "client_id": message.client_id, "text": message.text}
        with suppress(*LOST):
            for _ in range(times):
                if self._socket:
                    await self._socket.send(json.dumps(frame))

    def _post(self, message: Message) -> None:
        task = asyncio.create_task(self._post_and_note(message))
        self._posts.add(task)
        task.add_done_callback(self._posts.discard)

    async def _post_and_note(self, message: Message) -> None:
        body = {"client_id": message.client_id, "text": message.text}
        path = f"/conversations/{self.record.conversation}/messages"
        try:
            stored = await self._call("POST", self.rng.choice(self.ports), path, body)
            for event in (stored["event"], stored["answer"]):
                if event:
                    await self._take_event(event)
        except (*LOST, Busy):
            await asyncio.sleep(0.3)
            await self._reopen()
        except Refused as error:
            self.tally.refused.append(str(error))

    async def _poll(self, port: int) -> None:
        """As the widget does where sockets are blocked."""
        if not self._token:
            opened = await self._call("POST", port, "/conversations", {"site": "default"})
            self.record.conversation, self._token = opened["id"], opened["token"]
        await self._reopen()
        while True:
            for event in await self._read_after(self.record.last_seq, port=port, wait=2):
                await self._take_event(event)

    async def _call(
        self, method: str, port: int, path: str, body: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        response = await self.http.request(
            method,
            f"http://127.0.0.1:{port}/api/v1{path}",
            json=body,
            headers={"Authorization": f"Bearer {self._token}"} if self._token else {},
        )
        if response.status_code in RETRY_STATUS:
            self.tally.busy += 1
            raise Busy
        if response.status_code >= 400:
            raise Refused(f"{method} {path}: {response.status_code} {response.text[:300]}")
        found: dict[str, Any] = response.json()
        return found


async def _receive(socket: ClientConnection, seconds: float) -> str | bytes:
    async with asyncio.timeout(seconds):
        return await socket.recv()
