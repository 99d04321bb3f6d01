"""nlp.js in a node process of its own, fed over a pipe and timed on the other side of it."""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, Any

from benchmarks.peers.stopwatch import BUDGET, WARM_UP, print_result
from benchmarks.peers.workload import read_workload

SCRIPT = Path(__file__).with_suffix(".js")


def main() -> None:
    workload = read_workload(sys.argv[1])
    node = subprocess.Popen(
        ["node", "--expose-gc", str(SCRIPT)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with node:
        assert node.stdin is not None
        assert node.stdout is not None
        result = _ask(node.stdin, node.stdout, workload["rules"])
        for message in workload["messages"][:WARM_UP]:
            _ask(node.stdin, node.stdout, message)
        until = time.monotonic() + BUDGET
        said: list[dict[str, Any]] = []
        while len(said) < len(workload["messages"]) and time.monotonic() < until:
            said.append(_ask(node.stdin, node.stdout, workload["messages"][len(said)]))
        result |= _ask(node.stdin, node.stdout, "done")
        node.stdin.close()
    times, answers = [each["us"] for each in said], [each["answer"] for each in said]
    print_result({**result, "times_us": times, "answers": answers})


def _ask(requests: IO[str], replies: IO[str], line: Any) -> dict[str, Any]:
    """Its training prints lines of its own, which are no JSON objects."""
    requests.write(json.dumps(line) + "\n")
    requests.flush()
    for reply in replies:
        if reply.startswith("{"):
            answer: dict[str, Any] = json.loads(reply)
            return answer
    raise SystemExit("node ended")


if __name__ == "__main__":
    main()
