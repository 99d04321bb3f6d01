"""How much anybody may do: the one table of limits, as docs/operations.md shows it to operators.

A busy shop behind one office's address stays far below; a script meets them within seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from limits import RateLimitItem, parse

What = Literal["messages", "conversations", "calls", "bytes"]
Per = Literal["visitor", "address", "key", "site"]


@dataclass(frozen=True, slots=True)
class Rate:
    """So much of `what` in a time, for each `per`."""

    what: What
    per: Per
    item: RateLimitItem

    @property
    def name(self) -> str:
        return f"{self.what}.{self.per}"


RATES = (
    Rate("messages", "visitor", parse("60 per 10 seconds")),
    Rate("messages", "visitor", parse("1000 per hour")),
    Rate("messages", "address", parse("3000 per minute")),
    Rate("messages", "key", parse("3000 per minute")),
    Rate("messages", "site", parse("60000 per minute")),
    # A visitor who is not signed in is one conversation; the others have a name to count by.
    Rate("conversations", "visitor", parse("60 per 10 minutes")),
    Rate("conversations", "address", parse("300 per minute")),
    Rate("conversations", "key", parse("3000 per minute")),
    Rate("conversations", "site", parse("6000 per minute")),
    Rate("calls", "visitor", parse("600 per minute")),
    Rate("calls", "address", parse("6000 per minute")),
    Rate("calls", "key", parse("6000 per minute")),
    Rate("bytes", "visitor", parse("20000000 per minute")),
    Rate("bytes", "address", parse("200000000 per minute")),
    Rate("bytes", "site", parse("2000000000 per minute")),
)

# Open at a time: sockets, and of API keys calls that wait for their answer.
SOCKETS: dict[Per, int] = {"visitor": 20, "address": 1_000, "key": 500, "site": 20_000}

FRAMES = 1_000  # of one socket at once, whatever is in them
FRAMES_PER_SECOND = 50
ERRORS = 200  # told to one socket at once
ERRORS_PER_SECOND = 20  # beyond, its frames are read no faster
TYPING = 5  # shown to the desk at once
TYPING_PER_SECOND = 1
LEAST_FRAME = 1_000  # bytes that even an empty frame counts as
