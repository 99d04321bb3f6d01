"""Saving and deleting one piece of the draft; whoever was faster is never overwritten."""

from __future__ import annotations

from typing import Any, Literal

from django.db import IntegrityError, transaction
from django.utils import timezone

from rules.draft.conflicts import NameTaken, Stale, build_stale, find_stored
from rules.draft.history import lock_draft, record_change
from rules.draft.pieces import SECTIONS, Piece, build_piece, find_section
from rules.models import DraftChange, Rulebook

_KEPT = {"id", "version", "updated_at", "updated_by"}  # nobody edits these

Setting = Literal["complex", "four_eyes"]


@transaction.atomic
def save_piece(
    *, row: Piece, version: int, author: Any, undoes: DraftChange | None = None
) -> DraftChange | None:
    """Creates the row (without a key) or updates it; None where it says what it said before.

    `version` is the one that the editor began with, 0 for a new piece. Raises Stale if somebody
    changed or deleted the piece since, and NameTaken.
    """
    locked = lock_draft(rulebook_id=row.rulebook_id)
    stored = find_stored(row)
    if version and (stored is None or stored.version != version):
        raise build_stale(row, stored)
    if stored and repr(_read_values(row)) == repr(_read_values(stored)):
        return None  # compared as written: 1 equals True, and dictionaries forget their order
    row.version, row.updated_at, row.updated_by = locked.version + 1, timezone.now(), author
    _write(row, stored)
    return record_change(
        locked=locked,
        author=author,
        action=DraftChange.Action.CHANGED if stored else DraftChange.Action.CREATED,
        section=find_section(row),
        piece_id=row.pk,
        name=row.name,
        name_before=stored.name if stored else "",
        position=stored.position if stored else 0,
        before=build_piece(stored) if stored else None,
        after=build_piece(row),
        undoes=undoes,
    )


def check_version(*, row: Piece, version: int) -> None:
    """Raises Stale if saving now would: for a form, before it is saved."""
    stored = find_stored(row)
    if version and (stored is None or stored.version != version):
        raise build_stale(row, stored)


@transaction.atomic
def delete_piece(
    *, row: Piece, version: int, author: Any, undoes: DraftChange | None = None
) -> DraftChange:
    """Raises Stale if somebody changed or deleted the piece since `version`."""
    locked = lock_draft(rulebook_id=row.rulebook_id)
    stored = find_stored(row)
    mine = SECTIONS[find_section(row)]._default_manager.filter(pk=row.pk, version=version)
    if stored is None or not mine.delete()[0]:
        raise build_stale(row, stored)
    return record_change(
        locked=locked,
        author=author,
        action=DraftChange.Action.DELETED,
        section=find_section(row),
        piece_id=stored.pk,
        name=stored.name,
        name_before=stored.name,
        position=stored.position,
        before=build_piece(stored),
        undoes=undoes,
    )


@transaction.atomic
def save_setting(
    *,
    rulebook: Rulebook,
    name: Setting,
    value: Any,
    before: Any,
    author: Any,
    undoes: DraftChange | None = None,
) -> DraftChange | None:
    """A setting of the whole rulebook; raises Stale unless it still is what the editor saw."""
    locked = lock_draft(rulebook_id=rulebook.pk)
    now = getattr(locked, name)
    if now != before:
        raise Stale(f"Somebody else changed “{name}” after you opened it.", mine=value)
    if value == now:
        return None
    Rulebook.objects.filter(pk=locked.pk).update(**{name: value})
    return record_change(
        locked=locked,
        author=author,
        action=DraftChange.Action.CHANGED,
        section=name,
        before=before,
        after=value,
        undoes=undoes,
    )


def _write(row: Piece, stored: Piece | None) -> None:
    """Raises NameTaken, and Stale where even the lock was passed by."""
    manager = SECTIONS[find_section(row)]._default_manager
    try:
        with transaction.atomic():
            if stored is None:
                row.save(force_insert=True)
                return
            mine = manager.filter(pk=row.pk, version=stored.version)
            own = {name: getattr(row, name) for name in _KEPT - {"id"}}
            if mine.update(**_read_values(row), **own) != 1:
                raise build_stale(row, find_stored(row))
    except IntegrityError as error:
        raise NameTaken(row) from error


def _read_values(row: Piece) -> dict[str, Any]:
    fields = (field for field in row._meta.concrete_fields if field.name not in _KEPT)
    return {field.attname: getattr(row, field.attname) for field in fields}
