"""What changed between two versions of a rulebook, piece by piece and in words."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from rules.draft import Document, build_document
from rules.models import Release, Rulebook
from rules.releases.sentences import KINDS, build_details
from rules.rulebook.yaml_file import write_rulebook

What = Literal["added", "removed", "changed", "renamed"]


@dataclass(frozen=True, slots=True)
class Change:
    """One piece that differs: `details` says what, a sentence each."""

    section: str  # entities, intents, webhooks, rules, complex
    name: str
    what: What
    details: tuple[str, ...] = ()
    before: Any = None  # in the form of the file
    after: Any = None
    name_before: str = ""  # where it was renamed

    def __str__(self) -> str:
        kind = KINDS[self.section]
        title = f"{kind} {self.name_before or self.name}".rstrip()
        if self.what == "renamed":
            return f"{title}: " + "; ".join((f"now called {self.name}", *self.details)) + "."
        if self.what == "changed":
            return f"{title}: {'; '.join(self.details)}."
        return f"{title} {self.what}."


def build_changes(*, before: Document, after: Document) -> tuple[Change, ...]:
    """The pieces that differ, in the order of the file; none where both mean the same."""
    return tuple(
        change for section in KINDS for change in _compare_sections(section, before, after)
    )


def build_diff(*, rulebook: Rulebook, a: str, b: str) -> list[str]:
    """Two versions (a number, or `draft`) as a unified diff of their files.

    Raises Release.DoesNotExist, naming the one that is missing.
    """
    left, right = (
        write_rulebook(get_document(rulebook=rulebook, which=which)).splitlines(keepends=True)
        for which in (a, b)
    )
    return list(difflib.unified_diff(left, right, _name(a), _name(b)))


def get_document(*, rulebook: Rulebook, which: str) -> Document:
    """A version's content: a release's by its number, or the draft's. Raises as build_diff."""
    if which == "draft":
        return build_document(rulebook)
    release = rulebook.releases.filter(number=int(which) if which.isdecimal() else 0).first()
    if release is None:
        raise Release.DoesNotExist(f"There is no release {which}.")
    document: Document = release.content
    return document


def _name(which: str) -> str:
    return which if which == "draft" else f"release {which}"


def _compare_sections(section: str, before: Document, after: Document) -> Iterator[Change]:
    old, new = _find_pieces(section, before), _find_pieces(section, after)
    renamed = dict(_find_renamed(old, new))
    for name, piece in new.items():
        name_before = renamed.get(name, name)
        if name_before in old:
            yield from _compare(section, name_before, name, old[name_before], piece)
        else:
            yield Change(section=section, name=name, what="added", after=piece)
    for name in old.keys() - new.keys() - set(renamed.values()):
        yield Change(section=section, name=name, what="removed", before=old[name])


def _find_pieces(section: str, document: Document) -> Mapping[str, Any]:
    pieces = document.get(section) or {}
    if section == "complex":
        return {"": pieces or []}
    if section == "rules":
        return {
            piece["name"]: {key: part for key, part in piece.items() if key != "name"}
            for piece in pieces
        }
    return dict(pieces)


def _find_renamed(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """New name to old: what says exactly the same under a name that was not there."""
    gone = {repr(old[name]): name for name in old.keys() - new.keys()}
    for name in new.keys() - old.keys():
        if (before := gone.pop(repr(new[name]), None)) is not None:
            yield name, before


def _compare(section: str, name_before: str, name: str, old: Any, new: Any) -> Iterator[Change]:
    is_renamed = name_before != name
    details = build_details(section, old, new)
    if details or is_renamed:
        yield Change(
            section=section,
            name=name,
            what="renamed" if is_renamed else "changed",
            details=details,
            before=old,
            after=new,
            name_before=name_before if is_renamed else "",
        )
