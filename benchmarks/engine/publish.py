"""Publishing one edit of 10,000 rules beside traffic: the longest a decision had to wait.

`python -m benchmarks.engine.publish [SIZE]`
"""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from statistics import median
from typing import Any

from benchmarks.engine.measuring import show_load
from benchmarks.engine.workload import Workload, build_situation
from rules.building import beside_traffic
from rules.decision import Situation, decide
from rules.evaluator import Evaluator, build_evaluator
from rules.rulebook.parsing import parse_rulebook

Content = dict[str, Any]

MESSAGES = 500
ROUNDS = 3


class Traffic:
    """A thread that decides without a pause.

    For each decision the milliseconds it took, and those of them that the publishing thread spent
    on a processor: what it was held up by, whatever else the machine has to do.
    """

    def __init__(self, evaluator: Evaluator, situations: list[Situation]) -> None:
        self.evaluator = evaluator
        self._situations = situations
        self._taken: list[tuple[float, float]] = []
        self._running = True
        publisher = threading.main_thread().ident
        assert publisher is not None
        self._clock = time.pthread_getcpuclockid(publisher)

    @contextmanager
    def run(self) -> Iterator[list[tuple[float, float]]]:
        self._taken, self._running = [], True
        thread = threading.Thread(target=self._decide)
        thread.start()
        try:
            yield self._taken
        finally:
            self._running = False
            thread.join()

    def _decide(self) -> None:
        while self._running:
            for situation in self._situations:
                start, before = time.perf_counter_ns(), time.clock_gettime_ns(self._clock)
                decide(self.evaluator, situation)
                spent = time.clock_gettime_ns(self._clock) - before
                self._taken.append(((time.perf_counter_ns() - start) / 1e6, spent / 1e6))


def main() -> None:
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    workload = Workload(size)
    situations = [build_situation(raw) for raw in workload.draw(MESSAGES)]
    live = build_evaluator(workload.build_rulebook())
    traffic = Traffic(live, situations)
    print(show_load())
    print(f"milliseconds of a decision at {size:,} rules: median / longest / held up longest")
    show("nothing is published", traffic, lambda: time.sleep(5))
    for number in range(ROUNDS):
        content = workload.build_data(edited=number)
        show("one edit is published", traffic, partial(publish, content, number, traffic))


def publish(content: Content, edited: int, traffic: Traffic) -> None:
    """What a process does once the release's content is in memory: see `rules.releases`."""
    before = traffic.evaluator.rulebook
    with beside_traffic(len(before.rules)):
        same: dict[tuple[str, str], Any] = {
            ("intents", name): it for name, it in before.intents.items()
        }
        same |= {("rules", name): rule for name, rule in before.rules.items()}
        for number in (edited - 1, edited):  # what was edited before is as it was again
            same.pop(("rules", content["rules"][number]["name"]), None)
        rulebook = parse_rulebook(content, same=same)
        traffic.evaluator = build_evaluator(rulebook, reuse=traffic.evaluator)


def show(what: str, traffic: Traffic, do: Callable[[], None]) -> None:
    start = time.perf_counter()
    with traffic.run() as taken:
        do()
    seconds = time.perf_counter() - start
    times, held = zip(*taken, strict=True)
    print(
        f"{what:24} {median(times):7.3f} /{max(times):8.2f} /{max(held):7.2f}"
        f"   in {seconds:.1f} s, {len(taken):,} decisions"
    )


if __name__ == "__main__":
    main()
