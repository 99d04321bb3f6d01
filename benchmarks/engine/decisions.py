"""Decisions per rulebook size: ours, the same pipeline in plain Python, reference, prototype.

`python -m benchmarks.engine.decisions [SIZE …]`
"""

import sys
from collections.abc import Callable
from statistics import median

from benchmarks.engine.measuring import show_load, show_time, time_in_turn
from benchmarks.engine.plain import PlainEvaluator
from benchmarks.engine.workload import Raw, Workload, build_situation, load
from rules.decision import Situation, decide
from rules.evaluator import DurableEvaluator
from rules.reference import ReferenceEvaluator

SIZES = [10, 100, 1_000, 10_000]
MESSAGES = 1_000
SLOW_MESSAGES = 60  # for the reference

Messages = list[tuple[Raw, Situation]]


def main() -> None:
    sizes = [int(size) for size in sys.argv[1:]] or SIZES
    print(show_load())
    print("microseconds, median / 99th percentile")
    print(
        " rules  ours             plain Python     prototype        reference            ours:plain"
    )
    medians = {size: measure(size) for size in sizes}
    if {100, 10_000} <= medians.keys():
        print(f"growth from 100 to 10,000 rules: {medians[10_000] / medians[100]:.2f}")


def measure(size: int) -> float:
    """Prints one row and gives the median of our decisions."""
    workload = Workload(size)
    messages = [(raw, build_situation(raw)) for raw in workload.draw(MESSAGES)]
    rulebook = workload.build_rulebook()
    ours = DurableEvaluator(rulebook)
    plain = PlainEvaluator(ours)
    check_agreement(ours, plain, messages)
    prototype = load("prototype").Engine(workload.rules)
    times = time_in_turn(
        {
            "ours": _decide_by(ours),
            "plain": _decide_by(plain),
            "prototype": lambda message: prototype.decide(*message[0]),
        },
        messages,
    )
    times |= time_in_turn(
        {"reference": _decide_by(ReferenceEvaluator(rulebook))}, messages[:SLOW_MESSAGES], rounds=1
    )
    ratio = median(times["ours"]) / median(times["plain"])
    print(f"{size:>6} ", *(f"{show_time(each):16}" for each in times.values()), f"{ratio:8.2f}")
    return median(times["ours"])


def _decide_by(
    evaluator: DurableEvaluator | ReferenceEvaluator | PlainEvaluator,
) -> Callable[[tuple[Raw, Situation]], object]:
    return lambda message: decide(evaluator, message[1])


def check_agreement(ours: DurableEvaluator, plain: PlainEvaluator, messages: Messages) -> None:
    """What is compared must do the same."""
    for _, situation in messages:
        assert decide(ours, situation) == decide(plain, situation)


if __name__ == "__main__":
    main()
