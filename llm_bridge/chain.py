"""Whom to ask next, when, and for how long: failing over in order within one deadline."""

from __future__ import annotations

from dataclasses import dataclass

from llm_bridge.providers.errors import ProviderError
from llm_bridge.roster import Target


@dataclass(frozen=True, slots=True)
class Limits:
    """What one answer may take: seconds and characters."""

    total: float = 20.0
    connect: float = 3.0
    first_token: float = 8.0
    retry_wait: float = 0.3
    max_answer_characters: int = 2_000


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Turn:
    """One target's turn: after `wait` seconds, with `share` seconds to show something."""

    target: Target
    wait: float
    share: float


class Chain:
    """The targets in order, each once, and one of them once more if that may help.

    Another provider comes before the same one again: it is likelier to answer now. Times are a
    monotonic clock's seconds.
    """

    def __init__(self, targets: tuple[Target, ...], *, limits: Limits, started: float) -> None:
        self._left = list(targets)
        self._again: list[tuple[float, Target]] = []
        self._limits = limits
        self._deadline = started + limits.total
        self._may_repeat = True

    def find_next(self, *, now: float) -> Turn | None:
        """The next turn, or None when nobody is left or time is up."""
        left = self._deadline - now
        if left <= 0:
            return None
        if self._left:
            # Whoever hangs leaves the others an equal part of the time.
            return Turn(self._left.pop(0), wait=0.0, share=left / (len(self._left) + 1))
        return self._repeat(now)

    def note_failure(self, target: Target, error: ProviderError, *, now: float) -> None:
        """The target failed without showing anything; perhaps it is worth another try."""
        if error.retryable:
            wait = self._limits.retry_wait if error.retry_after is None else error.retry_after
            self._again.append((now + wait, target))

    def _repeat(self, now: float) -> Turn | None:
        """Whoever is ready first, once for each question."""
        if not self._again or not self._may_repeat:
            return None
        ready_at, target = min(self._again, key=lambda each: each[0])
        wait = max(0.0, ready_at - now)
        if now + wait >= self._deadline:
            return None
        self._may_repeat = False
        return Turn(target, wait=wait, share=self._deadline - now - wait)
