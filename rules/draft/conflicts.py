"""Why a change of the draft was refused: somebody was faster, and here is what they wrote."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rules.draft.pieces import SECTIONS, Document, Piece, build_piece, find_section
from rules.models import DraftChange, Rulebook


class DraftError(Exception):
    """The draft was not changed; the text says why, in a sentence for its editor."""


class NameTaken(DraftError):
    """Another piece of this kind has the name."""

    def __init__(self, row: Piece) -> None:
        super().__init__(f"This rulebook has another {row._meta.verbose_name} called “{row.name}”.")


@dataclass(frozen=True, slots=True)
class Version:
    """A piece of the draft as it stands now: what it says, and who wrote that when."""

    name: str
    piece: Document
    version: int
    by: Any
    at: datetime


class Stale(DraftError):
    """Somebody else was faster. `mine` is what was not saved; `theirs` is None once deleted."""

    def __init__(self, message: str, *, mine: Any = None, theirs: Version | None = None) -> None:
        super().__init__(message)
        self.mine = mine
        self.theirs = theirs


def find_stored(row: Piece) -> Piece | None:
    """The piece as the database has it now."""
    rows = SECTIONS[find_section(row)]._default_manager.select_related("updated_by")
    return rows.filter(pk=row.pk, rulebook_id=row.rulebook_id).first()


def build_stale(row: Piece, stored: Piece | None) -> Stale:
    """`row` was not saved, because of what is `stored` now."""
    if stored is None:
        return Stale(_say_deleted(row), mine=build_piece(row))
    theirs = Version(
        name=stored.name,
        piece=build_piece(stored),
        version=stored.version,
        by=stored.updated_by,
        at=stored.updated_at,
    )
    who = say_who(theirs.by, theirs.at)
    message = f"{who} changed “{theirs.name}” after you opened it."
    return Stale(message, mine=build_piece(row), theirs=theirs)


def build_stale_draft(locked: Rulebook) -> Stale:
    """A whole draft was not replaced, because it changed."""
    last = DraftChange.objects.filter(rulebook=locked).select_related("author").first()
    who = say_who(last.author, last.created_at) if last else "Somebody else"
    return Stale(f"{who} changed the draft after you began.")


def say_who(who: Any, at: datetime) -> str:
    name = (who.get_full_name() or who.get_username()) if who else "Somebody"
    return f"{name} ({at:%-d %B %Y, %H:%M} UTC)"


def _say_deleted(row: Piece) -> str:
    touched = DraftChange.objects.filter(rulebook_id=row.rulebook_id).select_related("author")
    mine = touched.filter(section=find_section(row), piece_id=row.pk).first()
    if mine is None or mine.action != DraftChange.Action.DELETED:
        mine = touched.filter(section="").first()  # then an import left it out
    who = say_who(mine.author, mine.created_at) if mine else "Somebody"
    return f"{who} deleted “{row.name}” after you opened it."
