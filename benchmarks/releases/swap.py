"""From the commit of a release, or of a pause, to the first decision by it in another process.

`python -m benchmarks.releases.swap [SIZE …]`, on the database of DATABASE_URL (an SQLite file of
its own without one) and with the hints of REDIS_URL, if it is set.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import IO, Any

from benchmarks.engine.measuring import show_load
from benchmarks.engine.workload import Workload

SIZES = [1_000, 10_000]
RATES = [100.0, 0.0]  # messages a second; 0 is as many as a core can
ROUNDS = 5


def main() -> None:
    sizes = [int(size) for size in sys.argv[1:]] or SIZES
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder}/benchmark.sqlite3")
        os.environ["DJANGO_SETTINGS_MODULE"] = "chatbot.config.settings"
        os.environ["LOG_LEVEL"] = "ERROR"
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        print(show_load())
        print(
            "seconds from the commit, median / longest; milliseconds of the longest decision,\n"
            "with and without changes"
        )
        print(
            f"{'rules':>6} {'messages/s':>10}  {'release':14} {'pause':14}"
            f" {'decision':>9} {'without':>9}"
        )
        for size in sizes:
            for rate in RATES:
                measure(size, rate)


def measure(size: int, rate: float) -> None:
    """Prints one row: releases with one edit each, then a pause each."""
    from rules.models import Pause, Rulebook

    workload = Workload(size)
    rulebook = Rulebook.objects.create(name=f"benchmark {size} {rate}")
    publish(rulebook, workload, 0)
    swaps, pauses, longest = [], [], []
    with serving(rulebook.pk, size, rate) as (asking, told):
        read(told)
        quiet = max(listen(asking, told) for _ in range(ROUNDS))
        for number in range(1, ROUNDS + 1):
            committed = publish(rulebook, workload, number)
            swapped = read(told)
            swaps.append(swapped["at"] - committed)
            pause = Pause.objects.create(rulebook=rulebook, kind="rule", rule="r000001")
            committed = hint()
            paused = read(told)
            assert paused["paused"] == ["r000001"], paused
            pauses.append(paused["at"] - committed)
            Pause.objects.filter(pk=pause.pk).delete()
            hint()
            longest += [each["longest"] * 1000 for each in (swapped, paused, read(told))]
    Rulebook.objects.filter(pk=rulebook.pk).update(live=None)
    times = (f"{median(each):5.2f} /{max(each):5.2f}" for each in (swaps, pauses))
    print(
        f"{size:>6} {rate or 'all':>10}  {next(times):14} {next(times):14} {max(longest):9.1f}"
        f" {quiet:9.1f}"
    )


def publish(rulebook: Any, workload: Workload, number: int) -> float:
    """As `rules.releases.publish` does, but for the checks; when it was committed."""
    from rules.models import Release, Rulebook

    release = Release.objects.create(
        rulebook=rulebook,
        number=number + 1,
        content=workload.build_data(edited=number),
        content_hash="",
        message="benchmark",
    )
    Rulebook.objects.filter(pk=rulebook.pk).update(live=release)
    return hint()


def hint() -> float:
    from rules.releases.live import tell_everybody

    now = time.time()
    tell_everybody()
    return now


@contextmanager
def serving(rulebook_id: int, size: int, rate: float) -> Iterator[tuple[IO[str], IO[str]]]:
    """Another process that decides all the time: what it is asked, and what it tells."""
    arguments = ["-m", "benchmarks.releases.serving", str(rulebook_id), str(size), str(rate)]
    root = Path(__file__).resolve().parents[2]
    with subprocess.Popen(
        [sys.executable, *arguments],
        cwd=root,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield process.stdin, process.stdout
        finally:
            process.terminate()


def listen(asking: IO[str], told: IO[str]) -> float:
    """Milliseconds of the longest decision in as long as a release takes, while nothing changes."""
    time.sleep(3)
    asking.write("\n")
    asking.flush()
    longest: float = read(told)["longest"]
    return longest * 1000


def read(told: IO[str]) -> dict[str, Any]:
    line: dict[str, Any] = json.loads(told.readline())
    return line


if __name__ == "__main__":
    main()
