"""What is cleared away beside answering: calls nobody settles, answers and accounts grown old."""

from __future__ import annotations

from datetime import datetime

from llm_bridge import cache, suggestions
from llm_bridge.money import accounts, reservations


def tidy(*, now: datetime) -> None:
    """A few short statements; as often as one likes, by as many processes as like."""
    reservations.expire(now=now)
    accounts.forget_conversations(now=now)
    cache.expire(now=now)
    suggestions.expire(now=now)
