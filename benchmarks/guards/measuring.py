"""A row of the table of guards, and the clock that its times come from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from time import thread_time
from typing import TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class Stopwatch:
    """How much of the processor each call took, in milliseconds: others work there, too."""

    taken: list[float] = field(default_factory=list)

    def time(self, function: Callable[..., T], /, *arguments: object, **named: object) -> T:
        started = thread_time()
        result = function(*arguments, **named)
        self.taken.append((thread_time() - started) * 1000)
        return result

    def find(self, share: float) -> float:
        ordered = sorted(self.taken)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """How many of how many were caught, and wrongly blocked; `what` names the messages."""

    guard: str
    what: str
    caught: tuple[int, int]
    blocked: tuple[int, int]
    watch: Stopwatch

    def write(self) -> str:
        times = f"{self.watch.find(0.5):.2f} / {self.watch.find(0.95):.2f}"
        cells = (self.guard, self.what, _write(self.caught), _write(self.blocked), times)
        return f"| {' | '.join(cells)} |"


def _write(share: tuple[int, int]) -> str:
    part, whole = share
    return f"{part / whole:.2%} ({part} of {whole})" if whole else "–"
