"""Which stored answer's question is nearly this one: for suggestions, never for an answer."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from llm_bridge.cache.tables import CachedAnswer
from llm_bridge.lexicon import build_subject

# The share of the terms of both that both have. Low enough to notice other words for the same:
# nobody is answered by it, and a person judges.
NEAR = 0.6
# The newest stored answers of a site and language; older ones are not compared.
MAX_COMPARED = 500


def measure_nearness(one: str, other: str) -> float:
    """Of two subjects, from 0 (no term in common) to 1 (the same terms, in any order)."""
    terms, others = set(one.split()), set(other.split())
    return len(terms & others) / len(terms | others) if terms and others else 0.0


def find_near(
    *, payer: int, language: str, question: str, reference: UUID, now: datetime
) -> CachedAnswer | None:
    """The stored answer whose question is nearest, not below NEAR; the oldest of several.

    `reference` is the exchange that asks: its own answer does not count.
    """
    subject = build_subject(question)
    rows = CachedAnswer.objects.filter(payer=payer, language=language, expires_at__gt=now)
    others = rows.exclude(reference=reference).exclude(subject="")
    stored = others.order_by("-created_at").values_list("subject", "created_at", "key")
    scored = [
        (measure_nearness(subject, other), -created_at.timestamp(), key)
        for other, created_at, key in stored[:MAX_COMPARED]
    ]
    nearest = max(scored, default=(0.0, 0.0, ""))
    return rows.filter(pk=nearest[2]).first() if nearest[0] >= NEAR else None
