"""A process that decides without a pause while releases change: what the benchmark looks at.

It is told the rulebook's id and how many messages a second it gets (0: as many as it can), and
tells, a JSON line each, when it began to decide otherwise and the longest decision since it told
something. A line to it makes it tell without that.
"""

import json
import sys
import time
from select import select
from typing import Any

import django

django.setup()

from benchmarks.engine.workload import Workload, build_situation  # noqa: E402
from rules.decision import decide  # noqa: E402
from rules.releases import find_live, start_refreshing  # noqa: E402


def main(rulebook_id: int, size: int, rate: float) -> None:
    situations = [build_situation(raw) for raw in Workload(size).draw(500)]
    served, longest = None, 0.0
    start_refreshing()
    while True:
        for situation in situations:
            begun = time.perf_counter()
            live = find_live(rulebook_id=rulebook_id)
            assert live is not None
            decide(live.evaluator, situation)
            longest = max(longest, time.perf_counter() - begun)
            is_asked = bool(select([sys.stdin], [], [], 0)[0]) and bool(sys.stdin.readline())
            now = (live.number, live.paused_rules)
            if is_asked or served != now:
                tell(number=live.number, paused=list(live.paused_rules), longest=longest)
                served, longest = now, 0.0
            time.sleep(1 / rate if rate else 0)


def tell(**what: Any) -> None:
    print(json.dumps({"at": time.time(), **what}), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
