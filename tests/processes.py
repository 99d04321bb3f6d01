"""The project's own commands as real processes, each with a log to read when it disappoints."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from chatbot.config.env import BASE_DIR, VARIABLES

START_SECONDS = 150.0  # a busy machine starts many processes at once


def find_free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def build_environment(settings: Mapping[str, str]) -> dict[str, str]:
    """This process's environment with these settings and, of the project's others, none."""
    unset = {variable.name: "" for variable in VARIABLES}
    return {**os.environ, **unset, "SECRET_KEY": "only-for-tests" * 4, **settings}


def run_manage(*arguments: str, settings: Mapping[str, str]) -> str:
    """`manage.py` with these arguments, to its end; what it printed."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=BASE_DIR,
        env=build_environment(settings),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def let_models_invent(*, settings: Mapping[str, str]) -> None:
    """Answers need no ground from now on: fake models, and the small real one, invent theirs."""
    switches = "guard_grounding=False, guard_promises=False"
    code = f"from chatbot.conversations.models import Site; Site.objects.update({switches})"
    run_manage("shell", "-v0", "-c", code, settings=settings)


class Process:
    """`with Process(arguments, settings=…, log=PATH):`, stopped politely at the end."""

    def __init__(self, arguments: Sequence[str], *, settings: Mapping[str, str], log: Path) -> None:
        self._arguments = [sys.executable, *arguments]
        self._environment = build_environment(settings)
        self._log = log
        self._running: subprocess.Popen[bytes] | None = None

    @property
    def output(self) -> str:
        return self._log.read_text(errors="replace")

    @property
    def has_ended(self) -> bool:
        """By itself: whoever stops it knows that it has."""
        return self._running is not None and self._running.poll() is not None

    @property
    def pid(self) -> int:
        assert self._running
        return self._running.pid

    def start(self) -> None:
        with self._log.open("wb") as log:
            self._running = subprocess.Popen(
                self._arguments,
                cwd=BASE_DIR,
                env=self._environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait_for_port(self, port: int) -> None:
        self._wait(lambda: _is_open(port), f"port {port}")

    def wait_for_output(self, words: str) -> None:
        self._wait(lambda: words in self.output, repr(words))

    def wait(self, seconds: float) -> int:
        """Its exit status, when it has ended by itself."""
        assert self._running
        return self._running.wait(seconds)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """As the kernel does when memory runs out: no goodbye to anybody."""
        self._end(signal.SIGKILL)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _wait(self, is_ready: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not is_ready():
            ended = self._running is None or self._running.poll() is not None
            assert not ended, f"ended before {what}:\n{self.output}"
            assert time.monotonic() < deadline, f"never came to {what}:\n{self.output}"
            time.sleep(0.05)

    def _end(self, kind: signal.Signals) -> None:
        if self._running is None:
            return
        if self._running.poll() is None:
            os.killpg(self._running.pid, kind)
        try:
            self._running.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(self._running.pid, signal.SIGKILL)
            self._running.wait()
        self._running = None


def _is_open(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False
