"""Stores answers, finds them again, and forgets them: bounded in number and age."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F

from llm_bridge.cache.tables import CachedAnswer

MAX_AGE = timedelta(days=7)
MAX_ANSWERS = 5_000  # of one site
DROPPED_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAnswer:
    """An answer as it was first given; `reference` names the exchange, `sources` its evidence.

    `subject` is what the question is about (`lexicon.build_subject`), to notice near ones.
    """

    reference: UUID
    text: str
    sources: Sequence[dict[str, Any]]
    model_release: int | None
    language: str = ""
    subject: str = ""


def find(*, key: str, now: datetime) -> StoredAnswer | None:
    """The answer to exactly this, and one more hit for it."""
    row = CachedAnswer.objects.filter(pk=key, expires_at__gt=now).first()
    if row is None or not CachedAnswer.objects.filter(pk=key).update(hits=F("hits") + 1):
        return None
    return StoredAnswer(
        reference=row.reference,
        text=row.text,
        sources=row.sources,
        model_release=row.model_release,
    )


def record(*, key: str, payer: int, answer: StoredAnswer, now: datetime) -> None:
    """Keeps the answer for a week; of two at once the first stays."""
    CachedAnswer.objects.filter(pk=key, expires_at__lte=now).delete()
    row = CachedAnswer(
        key=key,
        payer=payer,
        reference=answer.reference,
        model_release=answer.model_release,
        text=answer.text,
        sources=list(answer.sources),
        language=answer.language[:16],
        subject=answer.subject,
        created_at=now,
        expires_at=now + MAX_AGE,
    )
    CachedAnswer.objects.bulk_create([row], ignore_conflicts=True)
    _make_room(payer)


def forget(*, reference: UUID) -> int:
    """Removes what was first answered in this exchange; says how many."""
    return CachedAnswer.objects.filter(reference=reference).delete()[0]


def expire(*, now: datetime) -> int:
    """Removes what is too old; says how many."""
    return CachedAnswer.objects.filter(expires_at__lte=now).delete()[0]


def _make_room(payer: int) -> None:
    """The oldest go when a site has more than it may."""
    mine = CachedAnswer.objects.filter(payer=payer)
    if mine.count() > MAX_ANSWERS:
        oldest = mine.order_by("created_at").values_list("pk", flat=True)[:DROPPED_AT_ONCE]
        CachedAnswer.objects.filter(pk__in=list(oldest)).delete()
