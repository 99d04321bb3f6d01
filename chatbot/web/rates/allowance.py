"""What doors ask before they do something for somebody: is it still in order?

Everything is answered in this process and at once. What several processes have to know of each
other travels beside (`sharing`), so no visitor waits for it.
"""

from __future__ import annotations

import logging
import math
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter

from django.conf import settings

from chatbot.conversations.perloop import PerLoop
from chatbot.web.rates.sockets import Held, Key, Sockets
from chatbot.web.rates.table import RATES, SOCKETS, Rate, What
from chatbot.web.rates.windows import Windows

LOG_EVERY = 60.0  # seconds between two lines about one rate
WORDS: dict[What, str] = {
    "messages": "Too many messages in a short time",
    "conversations": "Too many new conversations in a short time",
    "calls": "Too many calls in a short time",
    "bytes": "Too much data in a short time",
}

logger = logging.getLogger(__name__)


class Limited(Exception):
    """Not now: `retry_after` is in whole seconds, `detail` is for whoever asked."""

    def __init__(self, detail: str, *, retry_after: int) -> None:
        super().__init__(detail)
        self.detail = detail
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Whom it counts for; what is empty is not known and not counted."""

    visitor: str = ""
    address: str = ""
    key: str = ""
    site: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One rate of the table and what was used of it."""

    rate: Rate
    windows: Windows
    find_key: Callable[[Caller], str]


def _build_row(rate: Rate) -> Row:
    return Row(rate=rate, windows=Windows(rate.item), find_key=attrgetter(rate.per))


class Allowance:
    """All limits of one event loop's callers."""

    def __init__(
        self,
        *,
        is_on: bool = True,
        rates: Sequence[Rate] = RATES,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.is_on = is_on
        self.clock = clock
        self.sockets = Sockets(SOCKETS)
        self.rows = [_build_row(rate) for rate in rates]
        self._by_what: defaultdict[What, list[Row]] = defaultdict(list)
        for row in self.rows:
            self._by_what[row.rate.what].append(row)
        self._refusals = Refusals()

    def take(self, what: What, caller: Caller, cost: int = 1) -> None:
        """Counts it for everybody it concerns, or for nobody and raises Limited."""
        if not self.is_on:
            return
        now = self.clock()
        rows = self._by_what[what]
        for number, row in enumerate(rows):
            if (key := row.find_key(caller)) and (wait := row.windows.take(key, cost, now)):
                _give_back(rows[:number], caller, cost)
                self._refusals.note(row.rate.name, now)
                raise _build_limited(what, wait)

    def give_back(self, what: What, caller: Caller) -> None:
        """What was taken turned out to be nothing new."""
        if self.is_on:
            _give_back(self._by_what[what], caller, 1)

    def hold_socket(self, caller: Caller) -> Held:
        """Counts an open socket until it is let go; raises Limited if there are too many."""
        pairs: list[Key] = [(per, key) for per in SOCKETS if (key := getattr(caller, per))]
        if self.is_on and (per := self.sockets.find_full(pairs)):
            self._refusals.note(f"sockets.{per}", self.clock())
            raise Limited("Too many chats are open at once: close some.", retry_after=10)
        return Held(self.sockets, pairs)


class Refusals:
    """Tells operators that a limit is met, in a line a minute instead of one for each refusal."""

    def __init__(self) -> None:
        self._count: defaultdict[str, int] = defaultdict(int)
        self._told_at: dict[str, float] = {}

    def note(self, limit: str, now: float) -> None:
        self._count[limit] += 1
        if now - self._told_at.get(limit, -math.inf) < LOG_EVERY:
            return
        self._told_at[limit] = now
        times = self._count.pop(limit)
        logger.warning("limit reached", extra={"limit": limit, "times": times})


def _give_back(rows: Sequence[Row], caller: Caller, cost: int) -> None:
    for row in rows:
        if key := row.find_key(caller):
            row.windows.give_back(key, cost)


def _build_limited(what: What, wait: float) -> Limited:
    seconds = max(1, math.ceil(wait))
    unit = "second" if seconds == 1 else "seconds"
    return Limited(f"{WORDS[what]}: try again in {seconds} {unit}.", retry_after=seconds)


_allowances = PerLoop(lambda: Allowance(is_on=settings.ENVIRONMENT.rate_limits))

get_allowance = _allowances.get  # the running loop's
