"""What the fault tests share: a model that does as asked, and a table for people."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.run import Run
from tests.faults.servers import list_missing
from tests.processes import Process, find_free_port

Show = Callable[[Run], None]


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a model that behaves as each question asks."""
    if missing := list_missing():
        pytest.skip(f"not found here: {' and '.join(missing)}")
    port = find_free_port()
    log: Path = tmp_path_factory.mktemp("model") / "log"
    with Process(["-m", "tests.faults.model", str(port)], settings={}, log=log) as process:
        process.wait_for_port(port)
        yield f"http://127.0.0.1:{port}/v1"


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    """A line for each of thousands of calls would bury what failed."""
    caplog.set_level(logging.WARNING, "httpx")


@pytest.fixture
def show(capsys: pytest.CaptureFixture[str]) -> Show:
    """The table is printed however the test ends."""

    def write(run: Run) -> None:
        with capsys.disabled():
            sys.stdout.write(run.build_table())

    return write
