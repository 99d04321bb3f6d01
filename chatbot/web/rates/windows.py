"""What each key used of one rate lately, in this process: two counts a key, of so many keys.

The method is `limits`' sliding window counter. Its own storage in memory looks through every key
at each hit, which costs milliseconds as soon as somebody comes from ten thousand addresses.
"""

from __future__ import annotations

from limits import RateLimitItem

MOST_KEYS = 20_000
TELLING = 0.125  # the part of a rate from which other processes are told


class Windows:
    """`now` is any clock in seconds that never goes back."""

    def __init__(self, item: RateLimitItem, *, most_keys: int = MOST_KEYS) -> None:
        self._amount = item.amount
        self._seconds = item.get_expiry()
        self._most_keys = most_keys
        self._busy_from = self._amount * TELLING
        self._began = self._ends = 0.0
        self._used: dict[str, int] = {}
        self._before: dict[str, int] = {}
        self._busy: dict[str, int] = {}  # what others were told of it
        self._closed: dict[str, float] = {}

    def take(self, key: str, cost: int, now: float) -> float:
        """Counts `cost` more and gives 0.0, or the seconds until that would be in order."""
        if now >= self._ends:
            self._turn(now)
        if self._closed and (until := self._closed.get(key, 0.0)) > now:
            return until - now
        used, before = self._used.get(key, 0), self._before.get(key, 0)
        fading = before * (self._ends - now) / self._seconds if before else 0
        if used + fading + cost > self._amount:
            return self._began + self._find_room(used, before, cost) - now
        if not used and len(self._used) >= self._most_keys:
            # Whoever used least is forgotten first: a flood of addresses drives out itself.
            self._used = _keep_busiest(self._used, self._most_keys // 2)
        self._used[key] = used + cost
        if used + cost >= self._busy_from:
            self._busy.setdefault(key, 0)
        return 0.0

    def give_back(self, key: str, cost: int) -> None:
        """Takes back what was just counted."""
        if key in self._used:
            self._used[key] = max(0, self._used[key] - cost)

    def close(self, *, key: str, until: float) -> None:
        """All processes together used it up: nothing more before then."""
        if len(self._closed) >= self._most_keys:
            self._closed.clear()
        self._closed[key] = until

    def find_untold(self, *, now: float, most: int) -> dict[str, int]:
        """By key, what other processes should hear of by now: the most used first."""
        if now >= self._ends:
            self._turn(now)
        used = {key: self._used.get(key, 0) - told for key, told in self._busy.items()}
        return _keep_busiest({key: more for key, more in used.items() if more > 0}, most)

    def note_told(self, *, key: str, amount: int) -> None:
        self._busy[key] = self._busy.get(key, 0) + amount

    def _find_room(self, used: int, before: int, cost: int) -> float:
        """Seconds after the start of this window."""
        if (spare := self._amount - used - cost) >= 0:
            return self._seconds * (1 - spare / before)
        # Only in the next window, when enough of this one has faded.
        spare = max(0, self._amount - cost)
        return self._seconds * (2 - min(1.0, spare / used)) if used else 2.0 * self._seconds

    def _turn(self, now: float) -> None:
        """A window has ended: its counts fade while the next one fills."""
        began = now // self._seconds * self._seconds
        self._before = self._used if began == self._ends else {}
        self._used, self._busy = {}, {}
        self._began, self._ends = began, began + self._seconds
        self._closed = {key: until for key, until in self._closed.items() if until > now}


def _keep_busiest(counts: dict[str, int], most: int) -> dict[str, int]:
    if len(counts) <= most:
        return counts
    return dict(sorted(counts.items(), key=lambda pair: pair[1], reverse=True)[:most])
