"""Servers under test: `manage.py serve` with the product or a yardstick, each pinned."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from benchmarks.exchanges.places import OTHER_PROCESSORS, ROOT, SERVER_PROCESSORS, make_folder
from benchmarks.exchanges.processors import Meter, allow_sockets, settle
from tests.processes import build_environment, find_free_port

START_SECONDS = 60.0
PINNING_SECONDS = 0.2
PRODUCT = "the product"
YARDSTICKS = {
    "plain ORM": "benchmarks.exchanges.plain_orm",
    "insert-only echo": "benchmarks.exchanges.echo",
}


@dataclass(frozen=True, slots=True)
class Server:
    """One that runs: where, and what it spends."""

    name: str
    port: int
    pid: int
    meter: Meter

    def pin_backends(self) -> None:
        self.meter.pin_backends(OTHER_PROCESSORS)


def build_settings(database_url: str, more: Mapping[str, str] | None = None) -> dict[str, str]:
    quiet = {"RATE_LIMITS": "off", "LOG_LEVEL": "WARNING"}
    return {"DATABASE_URL": database_url, **quiet, **(more or {})}


def prepare(database_url: str, *arguments: str) -> None:
    """Tables and rules, by a process of its own: Django knows one database a process."""
    subprocess.run(
        [sys.executable, "-m", "benchmarks.exchanges.preparing", *arguments],
        cwd=ROOT,
        env=build_environment(build_settings(database_url)),
        check=True,
    )


@contextmanager
def serving(
    name: str,
    database_url: str,
    settings: Mapping[str, str] | None = None,
    *,
    processors: set[int] = SERVER_PROCESSORS,
) -> Iterator[Server]:
    """The product, or the yardstick of that name."""
    port = find_free_port()
    environment = build_environment(
        build_settings(database_url, {**(settings or {}), "PORT": str(port)})
    )
    if name in YARDSTICKS:
        environment["DJANGO_SETTINGS_MODULE"] = "benchmarks.exchanges.settings"
        environment["BENCHMARK_APPLICATION"] = YARDSTICKS[name]
    with running(["manage.py", "serve"], environment, processors) as pid:
        wait_for_port(port, pid)
        meter, ended = Meter(pid, database_url), threading.Event()
        server = Server(name, port, pid, meter)
        pinning = threading.Thread(target=_keep_pinning, args=[server, ended])
        pinning.start()
        try:
            yield server
        finally:
            ended.set()
            pinning.join()
            meter.close()


def _keep_pinning(server: Server, ended: threading.Event) -> None:
    """The server opens connections whenever it wants more."""
    while not ended.wait(PINNING_SECONDS):
        server.pin_backends()


@contextmanager
def running(
    arguments: list[str],
    environment: Mapping[str, str],
    processors: set[int],
    *,
    ahead: bool = True,
) -> Iterator[int]:
    """A Python process on these processors; what it said is shown when it was stopped."""

    def begin() -> None:
        settle(0, processors, ahead=ahead)
        allow_sockets()

    log = make_folder() / f"process-{uuid4().hex[:8]}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            preexec_fn=begin,  # noqa: PLW1509 - one thread here
            start_new_session=True,
        )
    try:
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        if said := log.read_text(errors="replace").strip():
            print(said[-2_000:], file=sys.stderr)
        log.unlink()


def wait_for_port(port: int, pid: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not is_open(port):
        if time.monotonic() > deadline or not Path(f"/proc/{pid}/exe").exists():
            sys.exit("A server of the benchmark did not start; what it said stands above.")
        time.sleep(0.05)


def is_open(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False
