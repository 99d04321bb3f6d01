"""Taking a change of the draft back, as a change of its own; what came later is never lost."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from rules.draft.conflicts import DraftError, NameTaken
from rules.draft.document import build_document
from rules.draft.editing import delete_piece, save_piece, save_setting
from rules.draft.history import lock_draft
from rules.draft.importing import write_draft
from rules.draft.pieces import SECTIONS, Piece, build_piece, parse_piece
from rules.models import DraftChange, Rulebook


class CannotUndo(DraftError):
    """Something newer stands there; the text says what to do."""


@transaction.atomic
def undo_change(*, change_id: int, author: Any) -> DraftChange:
    """What stood there before stands there again. Raises CannotUndo, DraftChange.DoesNotExist."""
    change = DraftChange.objects.get(pk=change_id)
    rulebook = lock_draft(rulebook_id=change.rulebook_id)
    if obstacle := find_obstacle(change):
        raise CannotUndo(obstacle)
    try:
        done = _undo(change, rulebook, author)
    except NameTaken as error:
        raise CannotUndo(f"This cannot be undone: {error}") from error
    if done is None:
        raise CannotUndo("There is nothing to undo: the draft says what it said before.")
    return done


def find_obstacle(change: DraftChange) -> str | None:
    """Why this change cannot be undone now, in a sentence; None if it can."""
    if change.section == "four_eyes":
        return "Whether a second person has to approve is set on the rulebook's own page."
    if change.undone_by.exists() and not _is_current(change):
        return "This was undone already."
    if _is_current(change):
        return None
    what = f"“{change.name}”" if change.name else "The draft"
    return f"{what} was changed again later: undo the newer change first, or edit it by hand."


def _is_current(change: DraftChange) -> bool:
    """Whether the draft still says there what this change made it say."""
    if change.section == "complex":
        return bool(change.rulebook.complex == change.after)
    if not change.section:
        return bool(build_document(change.rulebook) == change.after)
    stored = _find_piece(change)
    if stored is None:
        return change.after is None
    return stored.name == change.name and build_piece(stored) == change.after


def _find_piece(change: DraftChange) -> Piece | None:
    rows = SECTIONS[change.section]._default_manager.filter(rulebook_id=change.rulebook_id)
    found = rows.filter(pk=change.piece_id or 0).first()
    if found is None and change.after is not None:
        return rows.filter(name=change.name).first()  # an import made it anew
    return found


def _undo(change: DraftChange, rulebook: Rulebook, author: Any) -> DraftChange | None:
    if change.section == "complex":
        return save_setting(
            rulebook=rulebook,
            name="complex",
            value=change.before,
            before=change.after,
            author=author,
            undoes=change,
        )
    if not change.section:
        return write_draft(
            rulebook=rulebook, document=change.before or {}, author=author, undoes=change
        )
    return _undo_piece(change, rulebook, author)


def _undo_piece(change: DraftChange, rulebook: Rulebook, author: Any) -> DraftChange | None:
    stored = _find_piece(change)
    if stored is not None and change.before is None:
        return delete_piece(row=stored, version=stored.version, author=author, undoes=change)
    row = parse_piece(
        section=change.section,
        rulebook=rulebook,
        name=change.name_before,
        piece=change.before or {},
        position=change.position,
    )
    row.pk = stored.pk if stored else change.piece_id
    version = stored.version if stored else 0
    return save_piece(row=row, version=version, author=author, undoes=change)
