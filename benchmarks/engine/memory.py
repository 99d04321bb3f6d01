"""Memory of an evaluator in a fresh process: the rulebook, before traffic, after traffic.

`python -m benchmarks.engine.memory [SIZE …]`
"""

import subprocess
import sys

from benchmarks.engine.measuring import read_memory
from benchmarks.engine.workload import Workload, build_situation
from rules.decision import decide
from rules.evaluator import build_evaluator
from rules.rulebook.parsing import parse_rulebook

SIZES = [10, 100, 1_000, 10_000]
MESSAGES = 20_000


def main() -> None:
    if sys.argv[1:2] == ["--one"]:
        measure(int(sys.argv[2]))
        return
    print("megabytes that a process grows by")
    print(" rules   rulebook   before traffic   after traffic")
    for size in map(int, sys.argv[1:] or SIZES):
        command = [sys.executable, "-m", "benchmarks.engine.memory", "--one", str(size)]
        subprocess.run(command, check=True)


def measure(size: int) -> None:
    """One row: each figure holds the ones before it."""
    workload = Workload(size)
    data, messages = workload.build_data(), workload.draw(MESSAGES)
    del workload
    at_first = read_memory()
    rulebook = parse_rulebook(data)
    read = read_memory()
    evaluator = build_evaluator(rulebook)
    built = read_memory()
    for raw in messages:
        decide(evaluator, build_situation(raw))
    after = read_memory()
    print(
        f"{size:>6} {read - at_first:10.1f} {built - at_first:16.1f} {after - at_first:15.1f}",
        flush=True,
    )


if __name__ == "__main__":
    main()
