"""How a call to a provider can fail, and what of it is worth another try."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import isfinite

from llm_bridge.providers.kinds import KINDS, Kind
from llm_bridge.values import FailureReason

_STATUS_REASONS = {
    401: FailureReason.AUTH,
    402: FailureReason.QUOTA,
    403: FailureReason.AUTH,
    408: FailureReason.SERVER_ERROR,
    409: FailureReason.SERVER_ERROR,
    429: FailureReason.RATE_LIMITED,
}
_RETRY_DELAY = re.compile(r"retryDelay['\"]?\s*:\s*['\"](\d{1,6}(?:\.\d+)?)s")


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


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer that says no: its status, its headers in lower case, its body as text."""

    status: int
    headers: Mapping[str, str]
    complaint: str


def build_error(refusal: Refusal, *, kind: Kind) -> ProviderError:
    """What a refusal means, and whether and when asking again makes sense."""
    is_busy = refusal.status in {408, 409, 429} | kind.busy_statuses or refusal.status >= 500
    told = _find_told(refusal, kind)
    reason = FailureReason.SERVER_ERROR if is_busy else FailureReason.BAD_REQUEST
    return ProviderError(
        told or _STATUS_REASONS.get(refusal.status, reason),
        retryable=is_busy and told is None,
        retry_after=_find_retry_after(refusal) if is_busy else None,
    )


def build_inline_error(code: str | None, complaint: str) -> ProviderError:
    """An error inside a stream that began with 200, as routers and vLLM send it."""
    status = int(code) if code and re.fullmatch("[45][0-9]{2}", code) else 500
    refusal = Refusal(status=status, headers={}, complaint=complaint)
    return build_error(refusal, kind=KINDS["other"])


def _find_told(refusal: Refusal, kind: Kind) -> FailureReason | None:
    """What the words say; only those that the kind documents, since a body may quote a visitor."""
    found = (
        reason
        for status, words, reason in kind.told
        if status == refusal.status and words in refusal.complaint
    )
    return next(found, None)


def _find_retry_after(refusal: Refusal) -> float | None:
    """From the standard header, OpenAI's in milliseconds, or Gemini's field in the body."""
    if milliseconds := refusal.headers.get("retry-after-ms"):
        seconds = parse_retry_after(milliseconds, now=datetime.now(UTC))
        return None if seconds is None else seconds / 1000
    if header := refusal.headers.get("retry-after"):
        return parse_retry_after(header, now=datetime.now(UTC))
    delay = _RETRY_DELAY.search(refusal.complaint)
    return float(delay[1]) if delay else None
