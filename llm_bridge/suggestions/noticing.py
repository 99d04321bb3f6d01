"""Notices that a question was asked before, in the same words or nearly, once it was answered."""

from __future__ import annotations

from datetime import datetime

from llm_bridge.cache.tables import CachedAnswer
from llm_bridge.suggestions.likeness import find_near
from llm_bridge.suggestions.store import Asked, record_asked
from llm_bridge.values import Query


def notice(*, key: str, payer: int, query: Query, is_repeat: bool, now: datetime) -> bool:
    """Counts an answered question towards a suggestion; False where there is nothing to count.

    `key` is the one that the cache has for it; with `is_repeat` its stored answer was given.
    """
    stored = (
        CachedAnswer.objects.filter(pk=key).first() if is_repeat else _find_near(payer, query, now)
    )
    if stored is None or stored.reference == query.reference or not stored.subject:
        return False
    asked = Asked(reference=query.reference, is_repeat=is_repeat)
    return record_asked(stored=stored, asked=asked, now=now)


def _find_near(payer: int, query: Query, now: datetime) -> CachedAnswer | None:
    return find_near(
        payer=payer,
        language=query.language,
        question=query.question,
        reference=query.reference,
        now=now,
    )
