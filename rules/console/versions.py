"""The draft and the live release, compiled for people who try them; the draft at every change."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from rules.draft import Document, build_document
from rules.models import Rulebook
from rules.reference import ReferenceEvaluator
from rules.releases import build_hash
from rules.rulebook.nodes import Problem, RulebookError
from rules.rulebook.parsing import parse_rulebook

KEPT = 6  # versions a process keeps

Which: TypeAlias = Literal["draft", "live"]


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a rulebook, ready to be tried; without an evaluator where it has problems."""

    which: Which
    content_hash: str
    evaluator: ReferenceEvaluator | None
    problems: tuple[Problem, ...] = ()


_compiled: dict[str, tuple[ReferenceEvaluator | None, tuple[Problem, ...]]] = {}
_hashes: dict[tuple[object, ...], str] = {}
_lock = threading.Lock()


def get_draft(book: Rulebook) -> Version:
    """The draft as it is now. Its version and time tell whether it has to be read again."""
    key = (book.pk, book.version, book.updated_at)
    if (known := _hashes.get(key)) in _compiled:
        return Version("draft", str(known), *_compiled[str(known)])
    document = build_document(book)
    version = _compile("draft", build_hash(document), document)
    with _lock:
        _hashes[key] = version.content_hash
        _forget_oldest(_hashes)
    return version


def find_live_version(book: Rulebook) -> Version | None:
    """What is live; None before the first release."""
    if book.live is None:
        return None
    return _compile("live", book.live.content_hash, book.live.content)


def _compile(which: Which, content_hash: str, document: Document) -> Version:
    with _lock:
        if content_hash not in _compiled:
            _compiled[content_hash] = _read(document)
            _forget_oldest(_compiled)
        return Version(which, content_hash, *_compiled[content_hash])


def _read(document: Document) -> tuple[ReferenceEvaluator | None, tuple[Problem, ...]]:
    try:
        return ReferenceEvaluator(parse_rulebook(document)), ()
    except RulebookError as error:
        return None, tuple(error.problems)


def _forget_oldest(known: dict[Any, Any]) -> None:
    while len(known) > KEPT:
        known.pop(next(iter(known)))
