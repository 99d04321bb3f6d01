"""What is wrong with the draft, piece by piece, for lists: read once for each of its versions."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache

from rules.console.form_fields import build_sentence
from rules.draft import Document, build_document
from rules.findings.examples import find_failures
from rules.models import Rulebook
from rules.reference import ReferenceEvaluator
from rules.rulebook.parsing import RulebookError, parse_rulebook

MOST_TRIED = 500  # rules: the examples of a larger draft are tried when it is published

_EXAMPLE = re.compile(r"\.(?:counterexamples|examples?)(?:\[\d+\])?\Z")

Warnings = Mapping[str, tuple[str, ...]]  # by `section.name`


def find_warnings(rulebook: Rulebook) -> Warnings:
    """Sentences by piece; a piece without any is not there."""
    return _find_warnings(rulebook.pk, rulebook.version)


@lru_cache(maxsize=8)
def _find_warnings(rulebook_id: int, version: int) -> Warnings:  # noqa: ARG001 - part of the key
    document = build_document(Rulebook.objects.get(pk=rulebook_id))
    found: dict[str, list[str]] = defaultdict(list)
    for place, sentence in _collect(document):
        found[place].append(sentence)
    return {place: tuple(dict.fromkeys(sentences)) for place, sentences in found.items()}


def _collect(document: Document) -> Iterator[tuple[str, str]]:
    try:
        parsed = parse_rulebook(document)
    except RulebookError as error:
        names = sorted(_find_places(document), key=len, reverse=True)
        for problem in error.problems:
            under = (name for name in names if _is_under(problem.path, name))
            yield next(under, ""), build_sentence(problem.message)
        return
    if len(parsed.rules) <= MOST_TRIED:
        for failure in find_failures(replace(parsed, webhooks={}), [ReferenceEvaluator(parsed)]):
            yield _EXAMPLE.sub("", failure.where), failure.message


def _find_places(document: Document) -> Iterator[str]:
    for section in ("entities", "intents", "webhooks"):
        yield from (f"{section}.{name}" for name in document.get(section, ()))
    yield from (f"rules.{rule['name'][:60]}" for rule in document.get("rules", ()))


def _is_under(path: str, place: str) -> bool:
    return path == place or path.startswith((f"{place}.", f"{place}["))
