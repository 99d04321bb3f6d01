"""A PostgreSQL cluster and a Redis server of the test's own, which it may end at once."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import LiteralString

import psycopg

from tests.processes import find_free_port

PLACES = ("/usr/lib/postgresql", "/usr", "/opt/homebrew/opt", "/usr/local")
START_SECONDS = 40.0


def find_postgres() -> Path | None:
    """The directory of `initdb` and `pg_ctl`, of the newest version there is."""
    patterns = ("[0-9]*/bin/initdb", "pgsql-*/bin/initdb", "postgresql*/bin/initdb")
    found = [path for place in PLACES for name in patterns for path in Path(place).glob(name)]
    if on_path := shutil.which("initdb"):
        found.append(Path(on_path).resolve())
    return max((path.parent for path in found), key=_read_version, default=None)


def find_redis() -> str | None:
    return shutil.which("redis-server")


class Postgres:
    """One cluster in `directory`; `synchronous_commit` and `fsync` are on, as in real use."""

    def __init__(self, binaries: Path, directory: Path) -> None:
        self._binaries = binaries
        self._directory = directory / "postgres"
        self._log = directory / "postgres.log"
        self.port = find_free_port()

    @property
    def url(self) -> str:
        return f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    def create(self) -> None:
        self._directory.mkdir()
        self._log.touch()
        if user := _find_unprivileged():
            for path in (self._directory, self._log):
                shutil.chown(path, user)
        self._run("initdb", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "-N")
        self.start()

    def start(self) -> None:
        options = f"-p {self.port} -h 127.0.0.1 -k {self._directory} -c max_connections=200"
        self._run("pg_ctl", "start", "-w", "-t", "60", "-l", str(self._log), "-o", options)

    def stop_at_once(self) -> None:
        """As when the power fails: no checkpoint, the next start recovers from the log."""
        self._run("pg_ctl", "stop", "-w", "-m", "immediate")

    def kill_backend(self) -> None:
        """`kill -9` of one connection's process; the server ends all others and recovers."""
        self.wait_until_answering()
        with suppress(psycopg.OperationalError, ProcessLookupError):  # it is just being stopped
            with psycopg.connect(self.url) as connection:
                pid = self._find_backend(connection)
            os.kill(pid, signal.SIGKILL)

    def wait_until_answering(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                psycopg.connect(self.url, connect_timeout=2).close()
            except psycopg.OperationalError:
                assert time.monotonic() < deadline, self._log.read_text()
                time.sleep(0.05)
            else:
                return

    def query(self, text: LiteralString) -> list[tuple[object, ...]]:
        with psycopg.connect(self.url) as connection:
            return connection.execute(text).fetchall()

    @staticmethod
    def _find_backend(connection: psycopg.Connection[tuple[object, ...]]) -> int:
        others = (
            "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'"
            " AND pid <> pg_backend_pid() ORDER BY state_change DESC LIMIT 1"
        )
        row = connection.execute(others).fetchone()
        return int(str(row[0])) if row else connection.info.backend_pid

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [str(self._binaries / program), "-D", str(self._directory), *arguments],
            user=_find_unprivileged(),
            cwd=self._directory,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            check=True,
            timeout=120,
        )


class Redis:
    """One server that keeps nothing on disk: what it held is gone when it is killed."""

    def __init__(self, program: str, directory: Path) -> None:
        self._program = program
        self._directory = directory
        self._process: subprocess.Popen[bytes] | None = None
        self.port = find_free_port()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        arguments = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        with (self._directory / "redis.log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._program, *arguments], cwd=self._directory, stdout=log, stderr=log
            )
        _wait_for_port(self.port)

    def kill(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Its connections stay open, and nothing comes."""
        process = self._process
        assert process
        process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            process.send_signal(signal.SIGCONT)


def _read_version(directory: Path) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", str(directory))) or (0,)


def _find_unprivileged() -> str | None:
    """PostgreSQL refuses to run as root; who is somebody else runs it as themselves."""
    return None if os.geteuid() else "postgres"


def _wait_for_port(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert time.monotonic() < deadline, f"port {port} never opened"
            time.sleep(0.05)
        else:
            return


def list_missing() -> Sequence[str]:
    """The programs that these tests need and this machine does not have."""
    found = {"PostgreSQL's initdb and pg_ctl": find_postgres(), "redis-server": find_redis()}
    return [name for name, path in found.items() if path is None]
