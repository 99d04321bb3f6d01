"""Who has how many sockets open: counted exactly here, and told between processes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from chatbot.web.rates.table import Per
from chatbot.web.rates.windows import TELLING

Key = tuple[Per, str]


class Sockets:
    """`elsewhere` is what other processes last said of theirs."""

    def __init__(self, most: Mapping[Per, int]) -> None:
        self._most = most
        self._here: Counter[Key] = Counter()
        self.elsewhere: Mapping[Key, int] = {}

    def find_full(self, keys: list[Key]) -> Per | None:
        """Who may open no more, if anybody."""
        for key in keys:
            if self._here[key] + self.elsewhere.get(key, 0) >= self._most[key[0]]:
                return key[0]
        return None

    def open(self, keys: list[Key]) -> None:
        self._here.update(keys)

    def close(self, keys: list[Key]) -> None:
        self._here.subtract(keys)
        for key in keys:
            if self._here[key] <= 0:
                del self._here[key]

    def find_crowded(self) -> dict[Key, int]:
        """What other processes should know of."""
        return {
            key: count for key, count in self._here.items() if count >= self._most[key[0]] * TELLING
        }


class Held:
    """A place among the open sockets, for each of those it counts for."""

    __slots__ = ("_keys", "_sockets")

    def __init__(self, sockets: Sockets, keys: list[Key]) -> None:
        sockets.open(keys)
        self._sockets, self._keys = sockets, keys

    def close(self) -> None:
        self._sockets.close(self._keys)
        self._keys = []
