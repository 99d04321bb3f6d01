"""What two versions of a rulebook say otherwise, for a page: pieces in words, lines of files."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from rules.draft import SECTIONS
from rules.models import Rulebook
from rules.releases import Change
from rules.releases.sentences import KINDS
from rules.rulebook.yaml_file import write_rulebook

_WHAT: Mapping[str, tuple[str, str]] = {
    "added": ("New", "add"),
    "removed": ("Removed", "remove"),
    "changed": ("Changed", "edit"),
    "renamed": ("Renamed", "edit"),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One piece that differs; `url` leads to its editor where the draft still has it."""

    change: Change
    kind: str
    word: str
    icon: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a diff: `kind` is add, remove, place or nothing."""

    text: str
    kind: str = ""


def build_differences(book: Rulebook, changes: Iterable[Change]) -> list[Difference]:
    rows = {
        section: dict(model._default_manager.filter(rulebook=book).values_list("name", "pk"))
        for section, model in SECTIONS.items()
    }
    return [_build(change, rows.get(change.section, {})) for change in changes]


def _build(change: Change, ids: Mapping[str, int]) -> Difference:
    word, icon = _WHAT[change.what]
    url = ""
    if (pk := ids.get(change.name)) is not None:
        model = SECTIONS[change.section]
        url = reverse(f"admin:rules_{model._meta.model_name}_change", args=[pk])
    return Difference(change=change, kind=KINDS[change.section], word=word, icon=icon, url=url)


def build_diff_lines(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Line]:
    """The two files line by line, with a few lines around each difference."""
    before, after = (write_rulebook(each).splitlines() if each else [] for each in (old, new))
    lines = list(difflib.unified_diff(before, after, lineterm=""))[2:]
    return [_build_line(line) for line in lines]


def _build_line(line: str) -> Line:
    kinds = {"+": "add", "-": "remove", "@": "place"}
    if line[:1] == "@":
        return Line(text="…", kind="place")
    return Line(text=line, kind=kinds.get(line[:1], ""))
