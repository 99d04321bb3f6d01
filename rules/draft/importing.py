"""The whole draft from one file: pieces that stay the same keep their row and version."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Manager

from rules.draft.conflicts import build_stale_draft
from rules.draft.document import build_document, build_rows
from rules.draft.history import lock_draft, record_change
from rules.draft.pieces import SECTIONS, Document, Piece, build_piece
from rules.models import DraftChange, Rulebook
from rules.rulebook.parsing import parse_rulebook

EMPTY: Mapping[str, Any] = {"rulebook": 1}


def replace_draft(
    *, rulebook: Rulebook, document: Document, author: Any, version: int | None = None
) -> DraftChange | None:
    """The draft from a file's content; None where it says what it said before.

    Raises RulebookError, and Stale if `version` is given and is not the draft's any more; changes
    nothing then.
    """
    parse_rulebook(document)
    return write_draft(rulebook=rulebook, document=document, author=author, version=version)


def clear_draft(*, rulebook: Rulebook, author: Any) -> DraftChange | None:
    """An empty draft; what was there stays in the history."""
    return write_draft(rulebook=rulebook, document=EMPTY, author=author)


@transaction.atomic
def write_draft(
    *,
    rulebook: Rulebook,
    document: Mapping[str, Any],
    author: Any,
    version: int | None = None,
    undoes: DraftChange | None = None,
) -> DraftChange | None:
    """As replace_draft, for a document that was a draft before and may have problems."""
    locked = lock_draft(rulebook_id=rulebook.pk)
    if version is not None and locked.version != version:
        raise build_stale_draft(locked)
    before = build_document(locked)
    _write_rows(locked, document, author)
    locked.complex = list(document.get("complex") or [])
    Rulebook.objects.filter(pk=locked.pk).update(complex=locked.complex)
    after = build_document(locked)
    if _build_text(after) == _build_text(before):
        return None
    return record_change(
        locked=locked,
        author=author,
        action=DraftChange.Action.IMPORTED,
        before=before,
        after=after,
        undoes=undoes,
    )


def _build_text(document: Document) -> str:
    """For comparing, the order of keys included: an import brings its own along."""
    return json.dumps(document)


def _write_rows(locked: Rulebook, document: Mapping[str, Any], author: Any) -> None:
    wanted: dict[str, list[Piece]] = {section: [] for section in SECTIONS}
    for section, row in build_rows(rulebook=locked, document=document):
        wanted[section].append(row)
    for section, rows in wanted.items():
        _write_section(section, locked, rows, author)


def _write_section(section: str, locked: Rulebook, rows: list[Piece], author: Any) -> None:
    """Rows of the same name keep their key, so that whoever edits one notices what happened."""
    manager: Manager[Any] = SECTIONS[section]._default_manager
    stored = {row.name: row for row in manager.filter(rulebook=locked)}
    written = [row for row in rows if not _is_kept(row, stored.get(row.name), author)]
    kept = {row.name for row in rows} - {row.name for row in written}
    gone = [row.pk for name, row in stored.items() if name not in kept]
    manager.filter(pk__in=gone).delete()
    manager.bulk_create(written)


def _is_kept(row: Piece, stored: Piece | None, author: Any) -> bool:
    """Whether the stored row may stay as it is; if not, `row` takes its place."""
    if stored and build_piece(row) == build_piece(stored):
        row.pk, row.version, row.updated_by_id = stored.pk, stored.version, stored.updated_by_id
        return row.position == stored.position
    row.pk = stored.pk if stored else None
    row.version, row.updated_by = row.rulebook.version + 1, author
    return False
