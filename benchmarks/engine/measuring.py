"""Measuring: several ways to do the same, in turn on the same input, so that load hits all."""

import gc
import os
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median, quantiles
from typing import TypeVar

_Input = TypeVar("_Input")

_PAGE = os.sysconf("SC_PAGE_SIZE")


def time_in_turn(
    ways: Mapping[str, Callable[[_Input], object]], inputs: Sequence[_Input], *, rounds: int = 3
) -> dict[str, list[float]]:
    """For each way the microseconds of every call, sorted; one round before is not counted."""
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds + 1):
        for name, way in ways.items():
            for each in inputs:
                start = time.perf_counter_ns()
                way(each)
                if number:
                    taken[name].append((time.perf_counter_ns() - start) / 1_000)
    return {name: sorted(times) for name, times in taken.items()}


def show_time(times: list[float]) -> str:
    """Median and 99th percentile."""
    return f"{median(times):7.1f} /{quantiles(times, n=100)[98]:7.1f}"


def read_memory() -> float:
    """Megabytes of this process that lie in memory, after whatever can go has gone."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * _PAGE / 1e6


def show_load() -> str:
    return f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"
