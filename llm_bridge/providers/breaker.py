"""Stops asking a provider that keeps failing: one breaker for each provider and model."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum

from llm_bridge.providers.configuration import ProviderConfig
from llm_bridge.providers.errors import ProviderError
from llm_bridge.values import FailureReason

# It opens when at least FAILURES of the latest WINDOW calls within WINDOW_SECONDS failed, and
# those are half of them or more.
FAILURES = 5
WINDOW = 20
WINDOW_SECONDS = 120.0
# How long it stays open before one probe is let through; each failed probe doubles it.
OPEN_SECONDS = 15.0
MAX_OPEN_SECONDS = 60.0
# How long it stays open at most because the server said so.
MAX_TOLD_SECONDS = 300.0

# Says nothing of the provider's health: the question's own fault, our own limit, or the model's
# way of answering it.
_IGNORED = frozenset(
    {
        FailureReason.BAD_REQUEST,
        FailureReason.BREAKER_OPEN,
        FailureReason.BUDGET,
        FailureReason.BUSY,
        FailureReason.EMPTY,
        FailureReason.FILTERED,
        FailureReason.PRINCIPLE,
        FailureReason.PROMISE,
        FailureReason.SEALED,
        FailureReason.UNGROUNDED,
    }
)
# One is enough: the next call would fail in the same way.
_AT_ONCE = frozenset({FailureReason.AUTH, FailureReason.QUOTA})


class BreakerState(StrEnum):
    """Whether a provider is asked: yes; no; or by one probe whose end decides."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


@dataclass(slots=True)
class Breaker:
    """The state of one provider and model in this process; `now` is a monotonic clock's seconds."""

    # Why it opened last; None while it is closed.
    reason: FailureReason | None = None
    _outcomes: deque[tuple[float, bool]] = field(default_factory=lambda: deque(maxlen=WINDOW))
    _open_until: float | None = None
    _open_seconds: float = OPEN_SECONDS
    _probed_by: object = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def get_state(self, *, now: float) -> BreakerState:
        """What the next call would meet."""
        if self._open_until is None:
            return BreakerState.CLOSED
        return BreakerState.OPEN if now < self._open_until else BreakerState.HALF_OPEN

    def admit(self, caller: object, *, now: float) -> bool:
        """Whether the caller may ask; one that may has to report how it ended."""
        with self._lock:
            state = self.get_state(now=now)
            if state is BreakerState.HALF_OPEN and self._probed_by is None:
                self._probed_by = caller
                return True
            return state is BreakerState.CLOSED

    def note_success(self, caller: object, *, now: float) -> None:
        """The provider answers: after a probe it is asked as before."""
        with self._lock:
            if caller is self._probed_by:
                self._close()
            self._outcomes.append((now, True))

    def note_failure(self, caller: object, error: ProviderError, *, now: float) -> None:
        """The call failed; the breaker opens if that is one too many."""
        with self._lock:
            if error.reason in _IGNORED:
                self._release(caller)
                return
            self._outcomes.append((now, False))
            if caller is self._probed_by:
                self._open(error, seconds=min(self._open_seconds * 2, MAX_OPEN_SECONDS), now=now)
            elif self._open_until is None and self._is_one_too_many(error, now):
                self._open(error, seconds=OPEN_SECONDS, now=now)

    def note_abandoned(self, caller: object) -> None:
        """The call ended without a verdict, as when the visitor left."""
        with self._lock:
            self._release(caller)

    def _is_one_too_many(self, error: ProviderError, now: float) -> bool:
        if error.reason in _AT_ONCE or _is_told_to_wait(error):
            return True
        recent = [went_well for at, went_well in self._outcomes if now - at <= WINDOW_SECONDS]
        failures = recent.count(False)
        return failures >= FAILURES and failures * 2 >= len(recent)

    def _open(self, error: ProviderError, *, seconds: float, now: float) -> None:
        """Until the server wants to be asked again, if it said so, but not for ever."""
        told = min(error.retry_after or 0.0, MAX_TOLD_SECONDS)
        if _is_told_to_wait(error):
            wait = told
        else:
            wait, self._open_seconds = max(seconds, told), seconds
        self._open_until, self._probed_by, self.reason = now + wait, None, error.reason

    def _close(self) -> None:
        self._open_until = self._probed_by = self.reason = None
        self._open_seconds = OPEN_SECONDS
        self._outcomes.clear()

    def _release(self, caller: object) -> None:
        if caller is self._probed_by:
            self._probed_by = None


def _is_told_to_wait(error: ProviderError) -> bool:
    return error.reason is FailureReason.RATE_LIMITED and bool(error.retry_after)


# One process's breakers: how its own calls went is what it knows.
_breakers: dict[tuple[ProviderConfig, str], Breaker] = {}


def get_breaker(config: ProviderConfig, model: str) -> Breaker:
    """The breaker of this provider and model."""
    return _breakers.setdefault((config, model), Breaker())


def find_breakers(config: ProviderConfig) -> dict[str, Breaker]:
    """The provider's breakers so far, by model."""
    return {model: breaker for (each, model), breaker in list(_breakers.items()) if each == config}


def forget() -> None:
    """Closes all of them, as a new process would."""
    _breakers.clear()
