"""Starts that could only go wrong later end at once, with a sentence that says what to change."""

from __future__ import annotations

import fcntl
import os
import socket
import subprocess
import sys
from pathlib import Path

from chatbot.config.env import BASE_DIR


def serve(directory: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    variables = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": f"sqlite:///{directory / 'x.sqlite3'}",
        "PORT": port,
        **environment,
    }
    command = [sys.executable, "manage.py", "serve"]
    return subprocess.run(
        command,
        cwd=BASE_DIR,
        env=variables,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_one_sqlite_file_takes_one_web_process(tmp_path: Path) -> None:
    with (tmp_path / "x.sqlite3.served").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        run = serve(tmp_path)
    assert run.returncode == 1
    assert "Another web process serves this SQLite file" in run.stderr


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        run = serve(tmp_path, PORT=port)
    assert run.returncode == 1
    assert f"PORT={port} cannot be listened on" in run.stderr


def test_workers_that_no_socket_would_hear_stop_the_start(tmp_path: Path) -> None:
    run = serve(tmp_path, CELERY_BROKER_URL="redis://127.0.0.1:6379/9")
    assert run.returncode == 1
    assert "firstline.E003" in run.stderr
