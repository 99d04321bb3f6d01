"""A long run: a million decisions, then two hundred publishes, and the memory on the way.

`python -m benchmarks.engine.soak [DECISIONS [PUBLISHES [SIZE]]]`
"""

import itertools
import sys

from benchmarks.engine.measuring import read_memory, show_load
from benchmarks.engine.workload import Workload, build_situation
from rules.building import beside_traffic
from rules.decision import Situation, decide
from rules.evaluator import Evaluator, build_evaluator

REPORTS = 10  # lines for each of the two
BETWEEN = 50  # decisions between two publishes


def main() -> None:
    given = [int(each) for each in sys.argv[1:]]
    decisions, publishes, size = (*given, *(1_000_000, 200, 1_000)[len(given) :])
    workload = Workload(size)
    situations = [build_situation(raw) for raw in workload.draw(3_000)]
    evaluator = build_evaluator(workload.build_rulebook())
    print(show_load())
    print(f"{size:,} rules; megabytes of the process")
    run_decisions(evaluator, situations, decisions)
    run_publishes(evaluator, workload, situations, publishes)


def run_decisions(evaluator: Evaluator, situations: list[Situation], count: int) -> None:
    endless = itertools.cycle(situations)
    done = 0
    while done < count:
        portion = min(count // REPORTS or 1, count - done)
        for situation in itertools.islice(endless, portion):
            decide(evaluator, situation)
        done += portion
        print(f"{done:>9,} decisions {read_memory():8.1f}", flush=True)


def run_publishes(
    evaluator: Evaluator, workload: Workload, situations: list[Situation], count: int
) -> None:
    """Every rule is read and compiled anew each time, and the release before let go of."""
    for number in range(1, count + 1):
        with beside_traffic(len(workload.rules)):
            rulebook = workload.build_rulebook(edited=number % len(workload.rules))
            evaluator = build_evaluator(rulebook, reuse=evaluator)
        for situation in situations[:BETWEEN]:
            decide(evaluator, situation)
        if number % (count // REPORTS or 1) == 0:
            print(f"{number:>9,} publishes {read_memory():8.1f}", flush=True)


if __name__ == "__main__":
    main()
