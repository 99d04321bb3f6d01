"""A model's answer on its way through Celery and Redis: from the provider to visitors' sockets."""

import re
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

import redis

from benchmarks.exchanges.client import Report, run
from benchmarks.exchanges.places import ALL_PROCESSORS, REDIS
from benchmarks.exchanges.plan import Visitor, build_askers, write_plan
from benchmarks.exchanges.processors import favouring, read_seconds
from benchmarks.exchanges.servers import PRODUCT, build_settings, running, serving
from tests.processes import build_environment, find_free_port

STREAMS = 20
PIECES, GAP = 60, 0.05  # seconds: as fast as a good model speaks
WORKER = ["-m", "celery", "-A", "chatbot.config", "worker", "--pool", "threads"]
WORKER += ["--concurrency", "50", "--loglevel", "WARNING", "--without-mingle"]

_MARK = re.compile(r"\b(\d+)-(\d+)\b")
Times = dict[tuple[int, int], int]  # (answer, piece) → nanoseconds


@dataclass(frozen=True, slots=True)
class Streams:
    """When each piece left the provider and when it reached its visitor."""

    sent: Times
    arrived: Times
    report: Report
    spent: tuple[float, float]  # seconds of processor time: server, worker

    def find_delays(self, *, first: bool) -> list[float]:
        """Milliseconds on the way, of first pieces or of all."""
        return [
            (at - self.sent[mark]) / 1e6
            for mark, at in self.arrived.items()
            if not first or mark[1] == 0
        ]


def measure_streams(database_url: str, visitors: list[Visitor], *, scaled: bool) -> Streams:
    """All streams at once, begun one after another within a second; `scaled`: with Celery."""
    if not scaled:
        return _measure(database_url, visitors, {}, ["-c", "import signal; signal.pause()"])
    with redis.from_url(REDIS) as client:
        client.flushdb()
        pid = client.info("server")["process_id"]
    with favouring(pid):
        settings = {"REDIS_URL": REDIS, "CELERY_BROKER_URL": REDIS}
        return _measure(database_url, visitors, settings, WORKER)


def _measure(
    database_url: str, visitors: list[Visitor], more: dict[str, str], worker: list[str]
) -> Streams:
    with TemporaryDirectory() as folder:
        plan = write_plan(Path(folder) / "plan", build_askers(visitors, STREAMS))
        notes, log = Path(folder) / "notes", Path(folder) / "log"
        port = find_free_port()
        model = {"LLM_BASE_URL": f"http://127.0.0.1:{port}/v1", "LLM_MODEL": "steady"}
        settings = {**model, **more}
        speaker = ["-m", "benchmarks.exchanges.model", f"{port}", f"{PIECES}", f"{GAP}", f"{notes}"]
        with (
            running(speaker, build_environment({}), ALL_PROCESSORS),
            serving(PRODUCT, database_url, settings, processors=ALL_PROCESSORS) as server,
            running(
                worker, build_environment(build_settings(database_url, settings)), ALL_PROCESSORS
            ) as worker_pid,
        ):
            # Once to warm up: the first call opens every connection.
            options = {"sockets": STREAMS, "warm": 0, "rate": STREAMS, "drain": 30}
            run(server, plan, seconds=1, **options)
            sent_before = len(_read_sent(notes))
            before = read_seconds([server.pid]), read_seconds([worker_pid])
            report = run(server, plan, seconds=1, log=log, **options)
            spent = read_seconds([server.pid]) - before[0], read_seconds([worker_pid]) - before[1]
        sent = dict(list(_read_sent(notes).items())[sent_before:])
        return Streams(sent=sent, arrived=_read_arrived(log), report=report, spent=spent)


def _read_sent(path: Path) -> Times:
    times = {}
    for line in path.read_text().splitlines():
        mark, at = line.split()
        answer, piece = mark.split("-")
        times[int(answer), int(piece)] = int(at)
    return times


def _read_arrived(path: Path) -> Times:
    times: Times = {}
    for line in path.read_text().splitlines():
        at, _, frame = line.split(" ", 2)
        if '"delta"' in frame:
            for mark in _MARK.findall(frame.partition('"text"')[2]):
                times.setdefault((int(mark[0]), int(mark[1])), int(at))
    return times


def find_gaps(times: Times) -> list[float]:
    """Milliseconds between neighbouring pieces of the same answer."""
    answers: defaultdict[int, list[int]] = defaultdict(list)
    for (answer, _), at in sorted(times.items()):
        answers[answer].append(at)
    return [
        (after - before) / 1e6
        for arrivals in answers.values()
        for before, after in pairwise(arrivals)
    ]


def show_streams(found: dict[str, Streams]) -> None:
    print(
        "| | pieces sent / arrived | first piece, p50 / p99 ms | every piece, p50 / p99 ms |"
        " gap at the provider, p50 / p99 ms | gap at the visitor | ratio of medians |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for name, streams in found.items():
        provided, seen = find_gaps(streams.sent), find_gaps(streams.arrived)
        cells = (
            name,
            f"{len(streams.sent):,} / {len(streams.arrived):,}",
            _show(streams.find_delays(first=True)),
            _show(streams.find_delays(first=False)),
            _show(provided),
            _show(seen),
            f"{median(seen) / median(provided):.3f}" if seen and provided else "–",
            " + ".join(
                f"{each * 1e6 / max(len(streams.arrived), 1):,.0f}" for each in streams.spent
            ),
        )
        print("|", " | ".join(cells), "|", flush=True)


def _show(times: list[float]) -> str:
    if len(times) < 2:
        return "none"
    return f"{median(times):.1f} / {quantiles(times, n=100)[98]:.1f}"
