"""The draft: rows that people edit, read as one rulebook file, with a history that forgets nothing.

Whoever changes the draft comes through here: console, commands and demo alike.
"""

from rules.draft.conflicts import DraftError, NameTaken, Stale, Version
from rules.draft.document import build_document
from rules.draft.editing import check_version, delete_piece, save_piece, save_setting
from rules.draft.history import find_changes
from rules.draft.importing import clear_draft, replace_draft
from rules.draft.pieces import (
    SECTIONS,
    Document,
    Piece,
    build_entity,
    build_intent,
    build_piece,
    build_rule,
    build_webhook,
    find_section,
    parse_piece,
)
from rules.draft.undoing import CannotUndo, find_obstacle, undo_change

__all__ = [
    "SECTIONS",
    "CannotUndo",
    "Document",
    "DraftError",
    "NameTaken",
    "Piece",
    "Stale",
    "Version",
    "build_document",
    "build_entity",
    "build_intent",
    "build_piece",
    "build_rule",
    "build_webhook",
    "check_version",
    "clear_draft",
    "delete_piece",
    "find_changes",
    "find_obstacle",
    "find_section",
    "parse_piece",
    "replace_draft",
    "save_piece",
    "save_setting",
    "undo_change",
]
