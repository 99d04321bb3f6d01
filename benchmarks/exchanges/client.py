"""The load client: load.c, compiled when it changed, as a process that is told when to begin."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.exchanges.places import OTHER_PROCESSORS, make_folder
from benchmarks.exchanges.processors import Spent, allow_sockets, settle
from benchmarks.exchanges.servers import Server

SOURCE = Path(__file__).with_name("load.c")


@dataclass(frozen=True, slots=True)
class Report:
    """One run: exchanges, milliseconds from question to answer, and what they cost."""

    told: dict[str, Any]
    spent: Spent

    @property
    def answered(self) -> int:
        return int(self.told["answered"])

    @property
    def rate(self) -> float:
        return self.answered / float(self.told["seconds"])

    @property
    def server_us(self) -> float:
        """Processor time of the server, microseconds an exchange."""
        return self.spent.server * 1e6 / max(self.answered, 1)

    @property
    def postgres_us(self) -> float:
        return self.spent.postgres * 1e6 / max(self.answered, 1)

    def find_ms(self, share: str) -> float:
        """`p50`, `p90`, `p99`, `p999` or `max` of the answers."""
        return float(self.told["answer_ms"][share])

    @property
    def complaint(self) -> str:
        """What went wrong, in words; empty if every question got its answer by a rule."""
        told = self.told
        wrong = {name: told[name] for name in ("unanswered", "unsent", "errors", "lost", "gaps")}
        wrong["not by a rule"] = self.answered - int(told["by_rule"])
        words = ", ".join(f"{count:,} {name}" for name, count in wrong.items() if count)
        return f"{words} ({told['last_error']})" if words and told["last_error"] else words


def compile_client() -> Path:
    """load.c as a program; ends the benchmark with a sentence where there is no C compiler."""
    program = make_folder() / "load"
    if program.exists() and program.stat().st_mtime > SOURCE.stat().st_mtime:
        return program
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        sys.exit("This benchmark's load client is a C program, and there is no C compiler (cc).")
    subprocess.run([compiler, "-O2", "-o", str(program), str(SOURCE)], check=True)
    return program


class Client:
    """One that has connected; see load.c."""

    def __init__(self, process: "subprocess.Popen[str]", server: Server) -> None:
        self._process = process
        self._server = server

    def begin(self) -> None:
        self._server.pin_backends()
        self._tell("go")

    def finish(self) -> Report:
        """Waits for the end; the server's processor time is that of the measured window."""
        self.expect("measuring")
        before = self._server.meter.read()
        self.expect("measured")
        spent = self._server.meter.read() - before
        return Report(told=json.loads(self._read()), spent=spent)

    def expect(self, word: str) -> None:
        said = self._read()
        if said != word:
            sys.exit(f"The load client said {said!r} instead of {word!r}.")

    def _tell(self, word: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{word}\n")
        self._process.stdin.flush()

    def _read(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


@contextmanager
def connecting(server: Server, plan: Path, *, sockets: int, **options: Any) -> Iterator[Client]:
    """A client whose visitors are all welcome; `options` are those of load.c."""
    words = {"port": server.port, "plan": plan, "sockets": sockets, **options}
    arguments = [
        f"--{name.replace('_', '-')}" + ("" if value is True else f"={value}")
        for name, value in words.items()
    ]
    with subprocess.Popen(
        [str(compile_client()), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=_settle_in,  # noqa: PLW1509 - one thread here
        start_new_session=True,
    ) as process:
        client = Client(process, server)
        try:
            client.expect("ready")
            yield client
        finally:
            process.terminate()


def _settle_in() -> None:
    settle(0, OTHER_PROCESSORS)
    allow_sockets()


def run(server: Server, plan: Path, *, sockets: int, **options: Any) -> Report:
    """One measurement from beginning to end."""
    with connecting(server, plan, sockets=sockets, **options) as client:
        client.begin()
        return client.finish()
