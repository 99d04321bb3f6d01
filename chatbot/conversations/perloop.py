"""One value for each event loop: what holds connections or tasks must not cross loops."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

T = TypeVar("T")


class PerLoop(Generic[T]):
    """Makes the running loop's value when it is first asked for; ends with the loop."""

    def __init__(self, build: Callable[[], T]) -> None:
        self._build = build
        self._values: WeakKeyDictionary[asyncio.AbstractEventLoop, T] = WeakKeyDictionary()
        self._latest = (
            threading.local()
        )  # a thread runs one loop at a time: asked thousands of times

    def get(self) -> T:
        loop = asyncio.get_running_loop()
        latest = self._latest
        if getattr(latest, "loop", None) is not loop:
            if loop not in self._values:
                self._values[loop] = self._build()
            latest.value = self._values[loop]
            latest.loop = loop
        value: T = latest.value
        return value

    def pop(self) -> T | None:
        """The running loop's value, which it has no longer; None if it never had one."""
        self._latest = threading.local()
        return self._values.pop(asyncio.get_running_loop(), None)
