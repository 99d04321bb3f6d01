"""One socket's way in: its pace, its place among the open ones, and whom its traffic counts for."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from types import TracebackType
from typing import Self

from chatbot.web.rates.allowance import Allowance, Caller, Limited
from chatbot.web.rates.sockets import Held
from chatbot.web.rates.table import (
    ERRORS,
    ERRORS_PER_SECOND,
    FRAMES,
    FRAMES_PER_SECOND,
    LEAST_FRAME,
    TYPING,
    TYPING_PER_SECOND,
)

ROUNDING = 1e-6  # seconds
BILLED_AT_ONCE = 64_000  # bytes: counting every frame for everybody would cost more than reading it


class Pace:
    """So many at once, then so many a second: one time to remember."""

    __slots__ = ("_due", "_slack", "_step")

    def __init__(self, *, at_once: int, per_second: int) -> None:
        self._step = 1 / per_second
        self._slack = at_once / per_second
        self._due = 0.0

    def is_in_order(self, now: float) -> bool:
        """Whether one more is; it is counted if so."""
        due = self._find_due(now)
        is_in_order = due <= now + ROUNDING
        if is_in_order:
            self._due = due
        return is_in_order

    def reserve(self, now: float) -> float:
        """Counts one more, and gives the seconds until its turn comes."""
        self._due = self._find_due(now)
        return max(0.0, self._due - now)

    def _find_due(self, now: float) -> float:
        return max(self._due, now - self._slack) + self._step


class Passage:
    """`with Passage(…) as passage:` around everything that a connection does."""

    __slots__ = ("_allowance", "_caller", "_errors", "_frames", "_held", "_typing", "_unbilled")

    def __init__(self, allowance: Allowance, *, address: str) -> None:
        self._allowance = allowance
        self._caller = Caller(address=address)
        self._frames = Pace(at_once=FRAMES, per_second=FRAMES_PER_SECOND)
        self._errors = Pace(at_once=ERRORS, per_second=ERRORS_PER_SECOND)
        self._typing = Pace(at_once=TYPING, per_second=TYPING_PER_SECOND)
        self._unbilled = 0
        self._held: list[Held] = []

    def enter(self) -> None:
        """One more socket of this address; raises Limited."""
        self.take_call()
        self._held.append(self._allowance.hold_socket(self._caller))

    def take_call(self) -> None:
        """Before anything is looked up; raises Limited."""
        self._allowance.take("calls", self._caller)

    def recognise(self, caller: Caller) -> None:
        """Who it is turned out: one more socket of this visitor and site; raises Limited."""
        self._held.append(self._allowance.hold_socket(replace(caller, address="")))
        self._caller = caller

    def take_frame(self, data: str | bytes) -> None:
        """Before a frame is looked at, whatever is in it; raises Limited."""
        if not self._allowance.is_on:
            return
        if not self._frames.is_in_order(self._allowance.clock()):
            raise Limited("Too many frames: connect again in a moment.", retry_after=10)
        self._unbilled += max(LEAST_FRAME, len(data.encode() if isinstance(data, str) else data))
        if self._unbilled >= BILLED_AT_ONCE:
            self._bill()

    def take_message(self) -> None:
        """Before a message or a thumb is taken; raises Limited."""
        self._allowance.take("messages", self._caller)

    def give_back_message(self) -> None:
        """It was stored before: sending it again is no offence."""
        self._allowance.give_back("messages", self._caller)

    def is_typing_in_order(self) -> bool:
        """Whether to show it once more: a flood of it is passed over in silence."""
        return not self._allowance.is_on or self._typing.is_in_order(self._allowance.clock())

    def find_pause(self) -> float:
        """Seconds to let pass before one more error is told."""
        return self._errors.reserve(self._allowance.clock()) if self._allowance.is_on else 0.0

    def _bill(self) -> None:
        cost, self._unbilled = self._unbilled, 0
        self._allowance.take("bytes", self._caller, cost)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for held in self._held:
            held.close()
        with suppress(Limited):
            self._bill()
