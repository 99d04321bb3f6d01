"""Processor time from /proc: what a server and its database spend on a measurement."""

import os
import resource
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

# On a machine that others use, too (as root): "1" leaves them little, "2" nothing while it works.
AHEAD = os.environ.get("BENCHMARK_AHEAD", "0")
_NICE = -15

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
BACKENDS = """
    SELECT pid FROM pg_stat_activity
    WHERE pid <> pg_backend_pid() AND (datname = current_database() OR datname IS NULL)
"""


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds of processor time since these processes began."""

    server: float
    postgres: float

    def __sub__(self, before: "Spent") -> "Spent":
        return Spent(self.server - before.server, self.postgres - before.postgres)


class Meter:
    """Reads what one server spends, and the backends of its PostgreSQL database, if it has one.

    PostgreSQL's own background processes count too, whoever else uses it.
    """

    def __init__(self, pid: int, database_url: str) -> None:
        self._pid = pid
        self._database = None
        if database_url.startswith("postgres"):
            self._database = psycopg.connect(database_url, autocommit=True)

    def read(self) -> Spent:
        return Spent(read_seconds([self._pid]), read_seconds(self._find_backends()))

    def pin_backends(self, processors: Iterable[int]) -> bool:
        """Moves the database's connections away from the server's processor, where allowed."""
        for pid in self._find_backends(background=False):
            try:
                settle(pid, processors)
            except PermissionError:
                return False
            except ProcessLookupError:
                pass  # a connection that has just been closed
        return True

    def close(self) -> None:
        if self._database is not None:
            self._database.close()

    def _find_backends(self, *, background: bool = True) -> list[int]:
        if self._database is None:
            return []
        only = "" if background else " AND datname IS NOT NULL"
        return [pid for (pid,) in self._database.execute(BACKENDS + only)]


def settle(pid: int, processors: Iterable[int], *, ahead: bool = True) -> None:
    """Gives a process its processors and, if so wanted, the right of way."""
    os.sched_setaffinity(pid, processors)
    if ahead:
        _give_way(pid, AHEAD)


def allow_sockets() -> None:
    """As many open files as this process may have."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


@contextmanager
def favouring(pid: int) -> Iterator[None]:
    """The right of way for a server that is not ours, as long as the block lasts."""
    _give_way(pid, AHEAD)
    try:
        yield
    finally:
        if AHEAD != "0":
            os.sched_setscheduler(pid, os.SCHED_OTHER, os.sched_param(0))
            _set_nice(pid, 0)


def _give_way(pid: int, ahead: str) -> None:
    if ahead == "1":
        _set_nice(pid, _NICE)
    elif ahead == "2":
        os.sched_setscheduler(pid, os.SCHED_RR, os.sched_param(1))


def _set_nice(pid: int, nice: int) -> None:
    os.setpriority(os.PRIO_PROCESS, pid, nice)
    # Linux shares processors between sessions first.
    group = Path(f"/proc/{pid or 'self'}/autogroup")
    if group.exists():
        group.write_text(str(nice))


def read_seconds(pids: Iterable[int]) -> float:
    """User and system time of all threads, those that ended included."""
    ticks = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except FileNotFoundError:
            continue
        ticks += int(fields[11]) + int(fields[12])
    return ticks / _TICKS


def read_memory(pid: int) -> float:
    """Megabytes of a process that lie in memory."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE / 1e6
