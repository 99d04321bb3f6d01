"""Finds all that is personal in a text; what overlaps is one place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from llm_bridge.guards.personal.kinds import Kind, Known, Span
from llm_bridge.guards.personal.numbers import (
    find_cards,
    find_ibans,
    find_ids,
    find_machines,
    find_phones,
)
from llm_bridge.guards.personal.places import find_places
from llm_bridge.guards.personal.words import (
    find_birthdays,
    find_emails,
    find_keyed,
    find_links,
    find_names,
    find_secrets,
)

Finder = Callable[[str], Iterator[Span]]

# Where two find the same place, the first says what it is.
_WORDS: tuple[Finder, ...] = (find_links, find_emails, find_secrets)
_NUMBERS: tuple[Finder, ...] = (
    find_ibans,
    find_cards,
    find_machines,
    find_ids,
    find_phones,
    find_birthdays,
    find_places,
)
_NAMES: tuple[Finder, ...] = (find_keyed, find_names)
# Five digits however they are grouped: numbers of orders, too, are nobody else's.
_TELLING = re.compile(r"\w@\w|\d(?:[ ./()-]{0,2}\d){4}")


# What was said before is looked through again with each further question.
@lru_cache(maxsize=512)
def find_personal(text: str) -> tuple[Span, ...]:
    """What is personal in a text, in order, without overlaps."""
    has_digits = any(map(str.isdecimal, text))
    finders = (*_WORDS, *(_NUMBERS if has_digits else ()), *_NAMES)
    return join_spans(span for finder in finders for span in finder(text))


def redact(text: str) -> str:
    """The text with an ellipsis for each thing that is personal: there is no way back."""
    parts, at = [], 0
    for span in find_personal(text):
        parts += [text[at : span.start], "…"]
        at = span.end
    return "".join([*parts, text[at:]])


def is_personal(text: str, *, known: Iterable[Known] = ()) -> bool:
    """Whether a text may tell who somebody is, or asks for what is nobody else's."""
    if any(_names(text, each) for each in known):
        return True
    return _TELLING.search(text) is not None or bool(find_personal(text))


def _names(text: str, known: Known) -> bool:
    """Whether it has something that is known, or a part of a name."""
    words = [*filter(None, [known.value.strip()])]
    if known.kind is Kind.NAME:
        words += [word for word in known.value.split() if len(word) > 2]
    return any(re.search(rf"(?i)(?<!\w){re.escape(word)}(?!\w)", text) for word in words)


def join_spans(spans: Iterable[Span]) -> tuple[Span, ...]:
    """In order; overlapping ones joined, of the kind that was given first."""
    joined: list[Span] = []
    for span in spans:
        if span.end <= span.start:
            continue
        touching = [each for each in joined if each.start < span.end and span.start < each.end]
        if not touching:
            joined.append(span)
            continue
        joined = [each for each in joined if each not in touching]
        start = min(span.start, *(each.start for each in touching))
        end = max(span.end, *(each.end for each in touching))
        joined.append(Span(start, end, touching[0].kind))
    return tuple(sorted(joined))
