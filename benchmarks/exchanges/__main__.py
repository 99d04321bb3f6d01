"""`python -m benchmarks.exchanges [MEASURE …]`: what an exchange costs, over real sockets."""

import argparse
import os
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatbot.config.settings")

import django

django.setup()

from benchmarks.engine.measuring import show_load  # noqa: E402
from benchmarks.engine.workload import Workload  # noqa: E402
from benchmarks.exchanges.places import make_folder, making_database, making_file  # noqa: E402
from benchmarks.exchanges.plan import RULES, find_visitors, write_plan  # noqa: E402
from benchmarks.exchanges.servers import PRODUCT, prepare  # noqa: E402
from benchmarks.exchanges.speed import measure_speed, show_ratios, show_runs  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("measures", nargs="*", choices=(*MEASURES, []), default=[])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=8)
    options = parser.parse_args()
    plan = write_plan(make_folder() / "plan", find_visitors(Workload(RULES)))
    for name in options.measures or MEASURES:
        print(f"\n## {name}, {show_load()}\n", flush=True)
        MEASURES[name](plan, options)


def compare(plan: Path, options: argparse.Namespace) -> None:
    """The product beside the yardsticks, PostgreSQL."""
    with making_database() as url:
        prepare(url)
        closed, offered = measure_speed(url, plan, rounds=options.rounds, seconds=options.seconds)
    show_runs(closed | offered)
    show_ratios(closed)


def run_product(plan: Path, options: argparse.Namespace) -> None:
    """The product alone, PostgreSQL: the quick look while working on it."""
    with making_database() as url:
        prepare(url)
        closed, offered = measure_speed(
            url, plan, rounds=options.rounds, seconds=options.seconds, names=[PRODUCT]
        )
    show_runs(closed | offered)


def run_sqlite(plan: Path, options: argparse.Namespace) -> None:
    with making_file() as url:
        prepare(url)
        closed, offered = measure_speed(
            url, plan, rounds=options.rounds, seconds=options.seconds, names=[PRODUCT]
        )
    show_runs(closed | offered)


MEASURES = {"compare": compare, "product": run_product, "sqlite": run_sqlite}

if __name__ == "__main__":
    main()
