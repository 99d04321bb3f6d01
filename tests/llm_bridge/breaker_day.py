"""A day with two providers on a simulated clock: what visitors saw while one of them was down.

`python -m tests.llm_bridge.breaker_day` prints the table of docs/providers.md. Chain and breaker
are the real ones; only the providers and the clock are made up.
"""

from __future__ import annotations

import heapq
import random
import statistics
import sys
from collections.abc import Generator
from dataclasses import dataclass, field

from llm_bridge.chain import Chain, Limits
from llm_bridge.providers.breaker import Breaker
from llm_bridge.providers.configuration import ProviderConfig
from llm_bridge.providers.errors import ProviderError
from llm_bridge.roster import Target
from llm_bridge.values import FailureReason

LIMITS = Limits()
SECONDS_BETWEEN_QUESTIONS = 6.0
FIRST_WORD = {"first": 0.6, "second": 0.9}

REFUSES = ProviderError(FailureReason.CONNECT, retryable=True)
HANGS = ProviderError(FailureReason.TIMEOUT_FIRST_TOKEN)
LIMITED = ProviderError(FailureReason.RATE_LIMITED, retryable=True, retry_after=30)
BREAKER_OPEN = ProviderError(FailureReason.BREAKER_OPEN)


@dataclass(slots=True)
class Phase:
    """A part of the day: what is wrong with whom, and what visitors saw."""

    name: str
    begin: float
    end: float
    wrong: dict[str, ProviderError] = field(default_factory=dict)
    answered: list[tuple[str, float]] = field(default_factory=list)
    unanswered: list[float] = field(default_factory=list)
    in_vain: int = 0
    left_out: int = 0

    @property
    def waits(self) -> list[float]:
        return sorted([wait for _, wait in self.answered] + self.unanswered)

    def count(self, name: str) -> int:
        return sum(each == name for each, _ in self.answered)


def build_day() -> list[Phase]:
    def hours(*parts: int) -> tuple[float, float]:
        return parts[0] * 3600 + parts[1] * 60, parts[2] * 3600 + parts[3] * 60

    return [
        Phase("both well", *hours(8, 0, 10, 0)),
        Phase("first refuses connections", *hours(10, 0, 10, 40), {"first": REFUSES}),
        Phase("both well", *hours(10, 40, 12, 0)),
        Phase("first says nothing", *hours(12, 0, 12, 40), {"first": HANGS}),
        Phase("both well", *hours(12, 40, 14, 0)),
        Phase("first: 429, ask again in 30 s", *hours(14, 0, 14, 20), {"first": LIMITED}),
        Phase("both well", *hours(14, 20, 16, 0)),
        Phase("both refuse", *hours(16, 0, 16, 15), {"first": REFUSES, "second": REFUSES}),
        Phase("both well", *hours(16, 15, 18, 0)),
    ]


class Day:
    """The day as it goes on: questions overlap, so each one is a generator of its waits."""

    def __init__(self) -> None:
        self.phases = build_day()
        self.now = self.phases[0].begin
        self._breakers = {name: Breaker() for name in FIRST_WORD}

    def run(self) -> list[Phase]:
        chance = random.Random(5)
        waiting: list[tuple[float, int, Generator[float, None, None]]] = []
        at, number = self.now, 0
        while at < self.phases[-1].end:
            heapq.heappush(waiting, (at, number, self._ask()))
            at, number = at + chance.expovariate(1 / SECONDS_BETWEEN_QUESTIONS), number + 1
        while waiting:
            self.now, number, question = heapq.heappop(waiting)
            if (seconds := next(question, None)) is not None:
                heapq.heappush(waiting, (self.now + seconds, number, question))
        return self.phases

    def _ask(self) -> Generator[float, None, None]:
        started, phase, caller = self.now, self._find_phase(), object()
        chain = Chain(build_targets(), limits=LIMITS, started=started)
        while (turn := chain.find_next(now=self.now)) is not None:
            yield turn.wait
            name, breaker = turn.target.config.name, self._breakers[turn.target.config.name]
            if not breaker.admit(caller, now=self.now):
                phase.left_out += 1
                chain.note_failure(turn.target, BREAKER_OPEN, now=self.now)
                continue
            error = self._find_phase().wrong.get(name)
            yield min(find_seconds(name, error), turn.share)
            if error is None:
                breaker.note_success(caller, now=self.now)
                phase.answered.append((name, self.now - started))
                return
            phase.in_vain += 1
            breaker.note_failure(caller, error, now=self.now)
            chain.note_failure(turn.target, error, now=self.now)
        phase.unanswered.append(self.now - started)

    def _find_phase(self) -> Phase:
        return next((each for each in self.phases if self.now < each.end), self.phases[-1])


def build_targets() -> tuple[Target, ...]:
    configs = (ProviderConfig(base_url="", api_key="", model="", name=name) for name in FIRST_WORD)
    return tuple(Target(config=config, model="", reasoning_effort="") for config in configs)


def find_seconds(name: str, error: ProviderError | None) -> float:
    """Until the first word, or until it is clear that there will be none."""
    if error is None:
        return FIRST_WORD[name]
    return LIMITS.first_token if error is HANGS else 0.02


def build_table(phases: list[Phase]) -> str:
    lines = [
        "| time | what is wrong | questions | first answers | second answers | article or person "
        "| asked in vain | breaker open | first word, median | slowest |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    return "\n".join([*lines, *map(_build_row, phases)])


def _build_row(phase: Phase) -> str:
    cells = (
        f"{_build_time(phase.begin)}–{_build_time(phase.end)}",
        phase.name,
        len(phase.waits),
        phase.count("first"),
        phase.count("second"),
        len(phase.unanswered),
        phase.in_vain,
        phase.left_out,
        f"{statistics.median(phase.waits):.1f} s",
        f"{phase.waits[-1]:.1f} s",
    )
    return f"| {' | '.join(map(str, cells))} |"


def _build_time(seconds: float) -> str:
    return f"{int(seconds) // 3600}:{int(seconds) % 3600 // 60:02}"


if __name__ == "__main__":
    sys.stdout.write(build_table(Day().run()) + "\n")
