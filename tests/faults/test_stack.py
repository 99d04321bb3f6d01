"""`manage.py stack`: what dies comes back, everything can be replaced under load, and ended."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

from chatbot.config.env import BASE_DIR
from tests.faults.conftest import Show
from tests.faults.run import judged_run
from tests.faults.scene import running_servers
from tests.processes import Process, build_environment, find_free_port

READY = "stack    | Every part is ready."
REPLACED = "stack    | Every part was replaced."


class Stack(Process):
    """The command as a process, and its parts as its log names them."""

    def find_starts(self, name: str) -> list[int]:
        """The process of each start of one part."""
        found = re.findall(rf"^{name} *\| started as process (\d+)\.$", self.output, re.M)
        return [int(pid) for pid in found]

    def count_starts(self) -> dict[str, int]:
        names = ("web-1", "web-2", "worker-1", "beat")
        return {name: len(self.find_starts(name)) for name in names}

    def send(self, kind: signal.Signals) -> None:
        os.kill(self.pid, kind)

    async def wait_for(self, words: str, *, times: int = 1) -> None:
        while self.output.count(words) < times:
            assert not self.has_ended, self.output
            await asyncio.sleep(0.1)


def find_two_ports() -> int:
    """The first of two free ports in a row."""
    while True:
        port = find_free_port()
        try:
            with socket.create_server(("127.0.0.1", port + 1)):
                return port
        except OSError:
            continue


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_a_part_that_dies_comes_back_and_all_are_replaced_while_visitors_write(
    model: str, show: Show, tmp_path: Path
) -> None:
    port = find_two_ports()
    async with running_servers(model) as servers, asyncio.timeout(400):
        settings = {**servers.settings, "PORT": str(port)}
        command = ["manage.py", "stack", "--workers", "1"]
        with Stack(command, settings=settings, log=tmp_path / "log") as stack:
            await stack.wait_for(READY)
            async with judged_run([port, port + 1], servers.postgres, places=12, think=0.2) as run:
                os.kill(stack.find_starts("web-1")[0], signal.SIGKILL)
                await stack.wait_for("web-1    | started as", times=2)
                stack.send(signal.SIGHUP)
                await stack.wait_for(REPLACED)
                run.faults["parts replaced"] += sum(stack.count_starts().values()) - 5
            show(run)
            assert not run.troubles
            assert stack.count_starts() == {"web-1": 3, "web-2": 2, "worker-1": 2, "beat": 2}
            pids = [pid for name in stack.count_starts() for pid in stack.find_starts(name)]
            stack.send(signal.SIGTERM)
            assert await asyncio.to_thread(stack.wait, 60) == 0
            assert not any(is_running(pid) for pid in pids)


def run_stack(**settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", "stack"],
        cwd=BASE_DIR,
        env=build_environment(settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_what_is_not_set_is_named_in_one_sentence() -> None:
    run = run_stack(REDIS_URL="redis://127.0.0.1:6379/0", DATABASE_URL="sqlite:///x.sqlite3")
    assert run.returncode == 1
    assert run.stderr.strip().count("\n") == 0
    assert "DATABASE_URL" in run.stderr
    assert "CELERY_BROKER_URL" in run.stderr
    assert "REDIS_URL" not in run.stderr


def test_a_taken_port_among_those_it_needs_stops_the_start() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        redis = "redis://127.0.0.1:1/0"
        shared = {"REDIS_URL": redis, "CELERY_BROKER_URL": redis}
        run = run_stack(**shared, DATABASE_URL="postgres://nobody@127.0.0.1:1/x", PORT=str(port))
    assert run.returncode == 1
    assert f"PORT={port} cannot be listened on" in run.stderr


def test_a_database_that_does_not_answer_stops_the_start() -> None:
    redis = "redis://127.0.0.1:1/0"
    shared = {"REDIS_URL": redis, "CELERY_BROKER_URL": redis, "PORT": str(find_two_ports())}
    run = run_stack(**shared, DATABASE_URL="postgres://nobody@127.0.0.1:1/x")
    assert run.returncode == 1
    assert "migrate  | The database does not answer" in run.stdout
    assert "started as" not in run.stdout
