"""The draft's history: every change, once, under the lock that all its editors share."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from rules.draft.pieces import Piece, find_section
from rules.models import DraftChange, Rulebook


def lock_draft(*, rulebook_id: int) -> Rulebook:
    """The rulebook's row, held until the transaction ends: changes happen one after another."""
    return Rulebook.objects.select_for_update().get(pk=rulebook_id)


def record_change(*, locked: Rulebook, author: Any, **fields: Any) -> DraftChange:
    """Counts the draft's version up and writes down what changed; see `DraftChange`."""
    locked.version += 1
    Rulebook.objects.filter(pk=locked.pk).update(version=locked.version, updated_at=timezone.now())
    return DraftChange.objects.create(
        rulebook=locked, author=author, version=locked.version, **fields
    )


def find_changes(*, rulebook: Rulebook, piece: Piece | None = None) -> QuerySet[DraftChange]:
    """The newest first: of the whole draft, or of one piece and the imports that may have touched
    it."""
    rows = DraftChange.objects.filter(rulebook=rulebook).select_related("author", "undoes")
    if piece is None:
        return rows
    mine = Q(piece_id=piece.pk) | Q(name=piece.name) | Q(name_before=piece.name)
    return rows.filter(Q(section="") | (Q(section=find_section(piece)) & mine))
