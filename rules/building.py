"""Building beside traffic: something big is made while other threads go on deciding."""

import gc
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

SMALL = 500  # rules and intents that are built unnoticed
TURN = 0.001  # seconds that a thread runs while another waits


class _Courtesy:
    """What builders do for the others; it ends with the last builder's end."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._builders = 0
        self._turn = TURN

    def begin(self) -> None:
        with self._lock:
            self._builders += 1
            if self._builders == 1:
                self._turn = sys.getswitchinterval()
                sys.setswitchinterval(TURN)
                gc.collect(0)  # young garbage now: what is frozen below is never collected
                gc.disable()

    def end(self) -> None:
        with self._lock:
            self._builders -= 1
            if self._builders == 0:
                gc.freeze()  # else the first walk would be over everything just built
                gc.enable()
                sys.setswitchinterval(self._turn)


_courtesy = _Courtesy()


@contextmanager
def beside_traffic(size: int) -> Iterator[None]:
    """While a rulebook of so many rules and intents is read or compiled.

    Threads take shorter turns, and the garbage collector waits: it stops them all while it walks
    everything alive, several tenths of a second with ten thousand rules. What is built here
    lives long and holds no cycles.
    """
    if size <= SMALL:
        yield
        return
    _courtesy.begin()
    try:
        yield
    finally:
        _courtesy.end()
