"""How a call to a provider can fail, and what of it is worth another try."""

from __future__ import annotations

from datetime import datetime
from email.utils import parsedate_to_datetime
from math import isfinite

from llm_bridge.values import FailureReason


class ProviderError(Exception):
    """Every way in which a call can fail; `retry_after` in seconds where the server said so."""

    def __init__(
        self, reason: FailureReason, *, retryable: bool = False, retry_after: float | None = None
    ) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.retryable = retryable
        self.retry_after = retry_after


def parse_retry_after(value: str, *, now: datetime) -> float | None:
    """Seconds from a Retry-After header, which holds seconds or an HTTP date."""
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(value) - now).total_seconds()
        except (ValueError, TypeError, OverflowError):
            return None
    return max(0.0, seconds) if isfinite(seconds) else None
