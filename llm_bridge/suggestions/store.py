"""Counts what is asked again, forgets it on demand, and lets it age."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet

from llm_bridge.cache.tables import CachedAnswer
from llm_bridge.suggestions.tables import RuleSuggestion, SuggestionAsking

MAX_AGE = timedelta(days=30)  # since it was last asked
MAX_SUGGESTIONS = 1_000  # of one site
MAX_ASKINGS = 50  # of one suggestion
DROPPED_AT_ONCE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An exchange that asked for a stored answer: in the same words, or nearly."""

    reference: UUID
    is_repeat: bool


def record_asked(*, stored: CachedAnswer, asked: Asked, now: datetime) -> bool:
    """Counts it towards the stored answer's suggestion; False where the exchange has counted."""
    with transaction.atomic():
        if SuggestionAsking.objects.filter(reference=asked.reference).exists():
            return False
        suggestion = _get_or_make(stored, now)
        _, is_new = SuggestionAsking.objects.get_or_create(
            reference=asked.reference,
            defaults={"suggestion": suggestion, "is_repeat": asked.is_repeat, "asked_at": now},
        )
        if is_new:
            _count(suggestion, asked, now)
    _make_room(suggestion)
    return is_new


def find_suggestions(
    *, payers: Sequence[int], is_dismissed: bool = False
) -> QuerySet[RuleSuggestion]:
    """The open ones of these sites, what was asked most first; or those that were dismissed."""
    rows = RuleSuggestion.objects.filter(payer__in=payers, count__gt=0)
    return rows.filter(dismissed_at__isnull=not is_dismissed).order_by("-count", "-last_seen_at")


def dismiss(*, suggestion_id: int, author: Any, now: datetime | None) -> bool:
    """It is not shown any more, however often it is asked; without `now` it is shown again."""
    person = author if now else None
    rows = RuleSuggestion.objects.filter(pk=suggestion_id)
    return bool(rows.update(dismissed_at=now, dismissed_by=person))


def forget(*, reference: UUID) -> int:
    """Removes what an exchange left: its asking, and the suggestion of the answer first given in
    it, with all its askings. Says how many rows went."""
    gone = RuleSuggestion.objects.filter(reference=reference).delete()[0]
    with transaction.atomic():
        asking = SuggestionAsking.objects.filter(reference=reference).first()
        if asking is None or not SuggestionAsking.objects.filter(pk=asking.pk).delete()[0]:
            return gone
        RuleSuggestion.objects.filter(pk=asking.suggestion_id).update(
            count=F("count") - 1, repeats=F("repeats") - int(asking.is_repeat)
        )
    RuleSuggestion.objects.filter(pk=asking.suggestion_id, count=0).delete()
    return gone + 1


def expire(*, now: datetime) -> int:
    """Removes what nobody asked for a month; says how many rows."""
    return RuleSuggestion.objects.filter(last_seen_at__lte=now - MAX_AGE).delete()[0]


def _count(suggestion: RuleSuggestion, asked: Asked, now: datetime) -> None:
    RuleSuggestion.objects.filter(pk=suggestion.pk).update(
        count=F("count") + 1, repeats=F("repeats") + int(asked.is_repeat), last_seen_at=now
    )


def _get_or_make(stored: CachedAnswer, now: datetime) -> RuleSuggestion:
    """The suggestion that the stored question counts towards already, else its own."""
    known = SuggestionAsking.objects.filter(
        reference=stored.reference, suggestion__payer=stored.payer
    ).select_related("suggestion")
    if (asking := known.first()) is not None:
        return asking.suggestion
    told = {"reference": stored.reference, "answer": stored.text, "sources": stored.sources}
    suggestion, is_new = RuleSuggestion.objects.get_or_create(
        payer=stored.payer,
        language=stored.language,
        topic=_build_topic(stored.subject),
        defaults={**told, "first_seen_at": now, "last_seen_at": now},
    )
    if not is_new and suggestion.reference != stored.reference:
        # The answer that it was built on is gone: this is what is said now.
        RuleSuggestion.objects.filter(pk=suggestion.pk).update(**told)
    return suggestion


def _build_topic(subject: str) -> str:
    return hashlib.blake2b(subject.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _make_room(suggestion: RuleSuggestion) -> None:
    """The oldest askings go, and of a site's suggestions those that were asked least."""
    old = suggestion.askings.order_by("-asked_at", "-pk").values_list("pk", flat=True)
    SuggestionAsking.objects.filter(pk__in=list(old[MAX_ASKINGS:])).delete()
    mine = RuleSuggestion.objects.filter(payer=suggestion.payer).exclude(pk=suggestion.pk)
    if mine.count() >= MAX_SUGGESTIONS:
        least = mine.order_by("count", "last_seen_at").values_list("pk", flat=True)
        RuleSuggestion.objects.filter(pk__in=list(least[:DROPPED_AT_ONCE])).delete()
