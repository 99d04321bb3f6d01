"""The whole draft as one rulebook file, and the rows that such a file asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rules.draft.pieces import SECTIONS, Document, Piece, build_piece, parse_piece
from rules.models import Rulebook


def build_document(rulebook: Rulebook) -> Document:
    """The draft in the form of the rulebook file, empty parts left out."""
    sections: Document = {name: _build_section(name, rulebook) for name in SECTIONS}
    sections["complex"] = rulebook.complex
    return {"rulebook": 1, **{name: part for name, part in sections.items() if part}}


def _build_section(section: str, rulebook: Rulebook) -> Any:
    rows = SECTIONS[section]._default_manager.filter(rulebook=rulebook)
    if section == "rules":
        return [build_piece(row) for row in rows]
    return {row.name: build_piece(row) for row in rows}


def build_rows(*, rulebook: Rulebook, document: Mapping[str, Any]) -> Iterator[tuple[str, Piece]]:
    """Unsaved rows with their sections, in the order of the file."""
    for section in SECTIONS:
        for position, (name, piece) in enumerate(_find_pieces(document, section)):
            row = parse_piece(
                section=section, rulebook=rulebook, name=name, piece=piece, position=position
            )
            yield section, row


def _find_pieces(document: Mapping[str, Any], section: str) -> Iterator[tuple[str, Any]]:
    pieces = document.get(section) or {}
    if section == "rules":
        yield from ((piece["name"], piece) for piece in pieces)
    else:
        yield from pieces.items()
