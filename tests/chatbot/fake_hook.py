"""A real HTTP server that webhooks call: each path is a way to answer, good or bad."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

SHIPPED = {"status": "shipped", "carrier": "DHL", "parcel": {"items": ["kettle", "toaster"]}}


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it arrived."""

    path: str
    headers: Mapping[str, str]
    raw: bytes

    @property
    def body(self) -> dict[str, Any]:
        body: dict[str, Any] = json.loads(self.raw)
        return body

    def is_signed(self, secret: str) -> bool:
        """As a receiver checks it by the Standard Webhooks specification."""
        key = base64.b64decode(secret.removeprefix("whsec_"))
        signed = f"{self.headers['webhook-id']}.{self.headers['webhook-timestamp']}."
        digest = hmac.new(key, signed.encode() + self.raw, hashlib.sha256).digest()
        return (
            f"v1,{base64.b64encode(digest).decode()}" in self.headers["webhook-signature"].split()
        )


class FakeHook:
    """`with FakeHook() as hook:` at a free loopback port; `/wait` answers once `open` is set."""

    def __init__(self) -> None:
        self.requests: list[Asked] = []
        self.answer: Any = SHIPPED
        self.open = threading.Event()
        self._arrived = threading.Condition()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _build_handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=[0.05])

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._server.server_port}"

    def build_url(self, path: str) -> str:
        return f"http://{self.host}/{path}"

    def wait_for(self, count: int, seconds: float = 10) -> bool:
        with self._arrived:
            return self._arrived.wait_for(lambda: len(self.requests) >= count, seconds)

    def note(self, asked: Asked) -> None:
        with self._arrived:
            self.requests.append(asked)
            self._arrived.notify_all()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.open.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _build_handler(hook: FakeHook) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            hook.note(Asked(self.path, headers, raw))
            way = self.path.strip("/")
            if way == "wait":
                hook.open.wait(10)
            if way == "hang":
                hook.open.wait(10)
                self.close_connection = True
                return
            status, body = _choose(way, hook.answer)
            self.send_response(status)
            self.send_header("Location", f"http://{hook.host}/ok")
            self.send_header("Connection", "close")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing of it belongs on the terminal."""

    return Handler


def _choose(way: str, answer: Any) -> tuple[int, bytes]:
    bad = {
        "error": (500, b"{}"),
        "redirect": (302, b"{}"),
        "text": (200, b"<html>"),
        "list": (200, b"[1, 2]"),
        "nothing": (204, b""),
        "huge": (200, json.dumps({"status": "x" * 70_000}).encode()),
    }
    return bad.get(way) or (200, json.dumps(answer).encode())
