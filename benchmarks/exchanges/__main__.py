"""`python -m benchmarks.exchanges [MEASURE …]`: what an exchange costs, over real sockets."""

import argparse
import os
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatbot.config.settings")

import django

django.setup()

from benchmarks.engine.measuring import show_load  # noqa: E402
from benchmarks.engine.workload import Workload  # noqa: E402
from benchmarks.exchanges.memory import measure_memory, show_weights  # noqa: E402
from benchmarks.exchanges.neighbours import measure_neighbours, show_pairs  # noqa: E402
from benchmarks.exchanges.places import make_folder, making_database, making_file  # noqa: E402
from benchmarks.exchanges.plan import RULES, Visitor, find_visitors, write_plan  # noqa: E402
from benchmarks.exchanges.servers import PRODUCT, prepare  # noqa: E402
from benchmarks.exchanges.speed import measure_speed, show_ratios, show_runs  # noqa: E402
from benchmarks.exchanges.streaming import measure_streams, show_streams  # noqa: E402
from tests.processes import find_free_port  # noqa: E402

Options = argparse.Namespace
Measure = Callable[[list[Visitor], Options], None]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("measures", nargs="*", choices=[*MEASURES, *QUICK], default=[])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--offered", type=int, nargs="*", default=[1_000, 2_000])
    options = parser.parse_args()
    visitors = find_visitors(Workload(RULES))
    for name in options.measures or MEASURES:
        print(f"\n## {name}, {show_load()}, {show_pace()}\n", flush=True)
        (MEASURES | QUICK)[name](visitors, options)


def show_pace() -> str:
    """How fast this machine is just now, to compare it with others."""
    begun = time.process_time()
    sum(number for number in range(1_000_000))
    return f"adding up a million numbers takes {(time.process_time() - begun) * 1e3:.0f} ms"


def compare(visitors: list[Visitor], options: Options) -> None:
    """The product beside the yardsticks, PostgreSQL."""
    with making_database() as url:
        prepare(url)
        runs = measure_speed(
            url,
            _write(visitors),
            rounds=options.rounds,
            seconds=options.seconds,
            offered=options.offered,
        )
    show_runs(runs)
    show_ratios(runs)


def run_product(visitors: list[Visitor], options: Options) -> None:
    """The product alone, PostgreSQL: the quick look while working on it."""
    with making_database() as url:
        _run_alone(url, visitors, options)


def run_sqlite(visitors: list[Visitor], options: Options) -> None:
    with making_file() as url:
        _run_alone(url, visitors, options)


def weigh(visitors: list[Visitor], _options: Options) -> None:
    """Memory of 10,000 open sockets."""
    with making_database() as url:
        prepare(url)
        show_weights(
            {
                "plain": measure_memory(url, _write(visitors), is_browser=False),
                "offering compression": measure_memory(url, _write(visitors), is_browser=True),
            }
        )


def disturb(visitors: list[Visitor], options: Options) -> None:
    """What others notice of slow calls, a flood, and streaming answers."""
    hook_port = find_free_port()
    with making_database() as url:
        prepare(url, str(hook_port))
        found = measure_neighbours(
            url, visitors, hook_port, pairs=options.pairs, seconds=options.seconds
        )
    show_pairs(found)


def stream(visitors: list[Visitor], _options: Options) -> None:
    """A model's answer on its way, in the web process and through Celery and Redis."""
    with making_database() as url:
        prepare(url)
        show_streams(
            {
                "in the web process": measure_streams(url, visitors, scaled=False),
                "Celery and Redis": measure_streams(url, visitors, scaled=True),
            }
        )


def _run_alone(url: str, visitors: list[Visitor], options: Options) -> None:
    prepare(url)
    runs = measure_speed(
        url,
        _write(visitors),
        rounds=options.rounds,
        seconds=options.seconds,
        offered=options.offered,
        names=[PRODUCT],
    )
    show_runs(runs)


def _write(visitors: list[Visitor]) -> Path:
    return write_plan(make_folder() / "plan", visitors)


MEASURES: dict[str, Measure] = {
    "compare": compare,
    "sqlite": run_sqlite,
    "memory": weigh,
    "neighbours": disturb,
    "streaming": stream,
}
QUICK: dict[str, Measure] = {"product": run_product}

if __name__ == "__main__":
    main()
