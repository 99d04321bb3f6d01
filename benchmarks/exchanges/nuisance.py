"""One visitor who costs time: `python -m benchmarks.exchanges.nuisance slow|flood PORT HOOK PLAN`.

`slow` keeps slow calls open, as a visitor legally may: messages that call a webhook of two seconds
(this process answers it at port HOOK), long polls, and the whole history again and again. `flood`
sends messages as fast as the socket takes them, and connects again when it is thrown out.
"""

import asyncio
import itertools
import json
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from benchmarks.exchanges.preparing import HOOK_WORDS

HOOK_SECONDS = 2.0
CALLING_SOCKETS = 4
POLLS = 8
HISTORY = 50  # messages
MESSAGE_SECONDS = 0.2  # between them, for limits
ANSWER = b'{"status": "fine"}'


class Visitor:
    """One who is signed in, on as many connections as it likes."""

    def __init__(self, port: int, hello: dict[str, Any]) -> None:
        self._port = port
        self._hello = hello

    def connect(self) -> Any:
        return connect(f"ws://127.0.0.1:{self._port}/ws/chat/", max_size=None)

    async def greet(self, socket: ClientConnection) -> dict[str, Any]:
        await socket.send(json.dumps(self._hello))
        welcome: dict[str, Any] = json.loads(await socket.recv())
        return welcome

    async def ask_slowly(self) -> None:
        """One message after the other, each waiting for the webhook."""
        async with self.connect() as socket:
            await self.greet(socket)
            for number in itertools.count():
                await socket.send(build_message(f"{HOOK_WORDS} {number}"))
                while json.loads(await socket.recv()).get("event", {}).get("sender") != "bot":
                    pass

    async def call(self) -> None:
        """Long polls and the whole history, over HTTP."""
        async with self.connect() as socket:
            welcome = await self.greet(socket)
            for number in range(HISTORY):
                await socket.send(build_message(f"nothing of that kind {number}"))
                await socket.recv()
                await asyncio.sleep(MESSAGE_SECONDS)
        url = f"http://127.0.0.1:{self._port}/api/v1/conversations/{welcome['conversation']}/events"
        headers = {"Authorization": f"Bearer {welcome['token']}"}
        async with httpx.AsyncClient(headers=headers, timeout=60) as client:
            polls = [poll_for_ever(client, url) for _ in range(POLLS)]
            await asyncio.gather(read_for_ever(client, url), *polls)

    async def flood(self) -> None:
        while True:
            try:
                async with self.connect() as socket:
                    await self.greet(socket)
                    for number in itertools.count():
                        await socket.send(build_message(f"flood {number}"))
            except (WebSocketException, OSError, KeyError):
                await asyncio.sleep(0.05)


async def poll_for_ever(client: httpx.AsyncClient, url: str) -> None:
    while True:
        await client.get(url, params={"after": 1_000_000, "wait": 25})


async def read_for_ever(client: httpx.AsyncClient, url: str) -> None:
    """Page by page, from the beginning, and again."""
    after = 0
    while True:
        events = (await client.get(url, params={"after": after})).json()["events"]
        after = events[-1]["seq"] if events else 0


async def answer_slowly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    await asyncio.sleep(HOOK_SECONDS)
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(ANSWER)}"
    writer.write(f"{head}\r\nConnection: close\r\n\r\n".encode() + ANSWER)
    await writer.drain()
    writer.close()


def build_message(text: str) -> str:
    return json.dumps({"type": "message", "client_id": str(uuid4()), "text": text})


async def be_slow(visitor: Visitor, hook_port: int) -> None:
    await asyncio.start_server(answer_slowly, "127.0.0.1", hook_port)
    await asyncio.gather(visitor.call(), *(visitor.ask_slowly() for _ in range(CALLING_SOCKETS)))


def main(kind: str, port: int, hook_port: int, plan: Path) -> None:
    hello = json.loads(plan.read_text().partition("\n")[0].removeprefix("H "))
    visitor = Visitor(port, hello)
    asyncio.run(visitor.flood() if kind == "flood" else be_slow(visitor, hook_port))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
