"""Loads a bot, lets it decide every message and counts: the same for every peer in Python.

Times are the processor's, not the wall clock's: the machine is shared, and no peer waits for
anything but itself. Only the standard library: it also runs in the peers' own environment.
"""

import gc
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.peers.workload import read_workload

Decide = Callable[[str, dict[str, Any]], str | None]
WARM_UP = 50  # messages
BUDGET = 20.0  # seconds: a slow peer decides as many of the messages as it can
PAGE = 4096  # bytes


def read_memory() -> float:
    """MB that this process holds, as the system counts (Linux)."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE / 1e6


def run(build: Callable[[list[dict[str, Any]]], Decide]) -> None:
    """Print one JSON object: seconds to load, MB held in the end (libraries not counted, as they
    are imported before), microseconds and answer per message."""
    workload = read_workload(sys.argv[1])
    gc.collect()
    memory, start = read_memory(), time.process_time()
    decide = build(workload["rules"])
    loaded = time.process_time() - start
    messages = workload["messages"]
    for message in messages[:WARM_UP]:
        decide(message["text"], message["facts"])
    times: list[float] = []
    answers: list[str | None] = []
    until = time.monotonic() + BUDGET
    while len(answers) < len(messages) and time.monotonic() < until:
        message = messages[len(answers)]
        before = time.thread_time_ns()
        answer = decide(message["text"], message["facts"])
        times.append((time.thread_time_ns() - before) / 1000)
        answers.append(answer)
    gc.collect()
    held = read_memory() - memory
    print_result({"load_seconds": loaded, "memory_mb": held, "times_us": times, "answers": answers})


def print_result(result: dict[str, Any]) -> None:
    """Some peers print on their own: the last line is ours."""
    print("\n" + json.dumps(result))
