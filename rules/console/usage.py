"""Who uses a piece of the draft: what would break without it."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.urls import reverse

from rules.draft import SECTIONS, Document, Piece, build_document, find_section
from rules.rulebook.nodes import Problem
from rules.rulebook.parsing import RulebookError, parse_rulebook


@dataclass(frozen=True, slots=True)
class User:
    """A piece that would be wrong without another one."""

    section: str
    name: str
    row: Piece
    link: str


def count_users(users: Iterable[User]) -> str:
    """`3 rules and 1 webhook`."""
    counts = Counter(user.row._meta for user in users)
    words = (
        f"{count} {kind.verbose_name if count == 1 else kind.verbose_name_plural}"
        for kind, count in counts.items()
    )
    return " and ".join(words)


def find_users(row: Piece) -> tuple[User, ...]:
    """The pieces that the draft's check refuses once this one is gone, each once."""
    draft = build_document(row.rulebook)
    before = {(problem.path, problem.message) for problem in _find_problems(draft)}
    problems = _find_problems(_without(draft, row))
    places = dict.fromkeys(
        _find_place(draft, problem)
        for problem in problems
        if (problem.path, problem.message) not in before
    )
    users = (_find_user(row, section, name) for section, name in places)
    return tuple(user for user in users if user is not None)


def _without(draft: Document, row: Piece) -> Document:
    rest, section = copy.copy(draft), find_section(row)
    if section == "rules":
        rest[section] = [rule for rule in draft[section] if rule["name"] != row.name]
    else:
        rest[section] = {name: each for name, each in draft[section].items() if name != row.name}
    return rest


def _find_problems(draft: Document) -> tuple[Problem, ...]:
    try:
        parse_rulebook(draft)
    except RulebookError as error:
        return tuple(error.problems)
    return ()


def _find_place(draft: Document, problem: Problem) -> tuple[str, str]:
    section, _, rest = problem.path.partition(".")
    named = (name for name in _find_names(draft, section) if _is_under(rest, name))
    return section, max(named, key=len, default="")


def _find_user(row: Piece, section: str, name: str) -> User | None:
    if section not in SECTIONS:
        return None
    rows = SECTIONS[section]._default_manager.filter(rulebook_id=row.rulebook_id, name=name)
    found = rows.first()
    if found is None:
        return None
    link = reverse(f"admin:rules_{found._meta.model_name}_change", args=[found.pk])
    return User(section, name, found, link)


def _find_names(draft: Document, section: str) -> Iterator[str]:
    pieces = draft.get(section) or {}
    yield from (rule["name"] for rule in pieces) if isinstance(pieces, list) else pieces


def _is_under(rest: str, name: str) -> bool:
    shown = name[:60]
    return rest == shown or rest.startswith((f"{shown}.", f"{shown}["))
