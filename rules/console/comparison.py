"""Two versions of a piece side by side: an editor's, and what somebody saved meanwhile."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

from rules.draft import Stale
from rules.rulebook.yaml_file import write_rulebook


@dataclass(frozen=True, slots=True)
class Row:
    """A line of both versions, or of one of them."""

    mine: str | None
    theirs: str | None
    is_same: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """`rows` is empty when the other version was to delete it."""

    message: str
    rows: tuple[Row, ...] = ()


def build_comparison(conflict: Stale) -> Comparison:
    if conflict.theirs is None:
        return Comparison(message=str(conflict))
    mine = write_rulebook(conflict.mine).splitlines()
    theirs = write_rulebook(conflict.theirs.piece).splitlines()
    return Comparison(message=str(conflict), rows=tuple(_align(mine, theirs)))


def _align(mine: Sequence[str], theirs: Sequence[str]) -> Iterator[Row]:
    matcher = SequenceMatcher(a=mine, b=theirs, autojunk=False)
    for kind, start, end, from_, to in matcher.get_opcodes():
        for one, other in zip_longest(mine[start:end], theirs[from_:to]):
            yield Row(mine=one, theirs=other, is_same=kind == "equal")
