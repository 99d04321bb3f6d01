"""The phrase language: words, `(one|of)`, `[none or|one]` and `*`, and what they spell out."""

import itertools
import math
import re
from dataclasses import dataclass
from typing import TypeAlias

from rules.language.patterns import Pattern, PatternError, parse_pattern
from rules.language.text import split_words

MAX_EXPANSIONS = 200
GAP_WORDS = 4  # the most words one `*` spans

Words: TypeAlias = tuple[str, ...]


class PhraseError(ValueError):
    """A sentence that says what is wrong with a phrase."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the alternatives, or, when optional, none of them."""

    alternatives: tuple[Words, ...]
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Gap:
    """Nought to so many words, whatever they are."""

    most: int = GAP_WORDS


Item: TypeAlias = Choice | Gap


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase as written and its items in order; a plain word is a choice of one."""

    source: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Expansion:
    """One way to say a phrase: runs of words, and the most words between each and the next."""

    segments: tuple[Words, ...]
    gaps: tuple[int, ...] = ()


_CHUNK = re.compile(r"\([^()\[\]]*\)|\[[^()\[\]]*\]|\*|[^\s()\[\]*]+|\s+|.", re.DOTALL)


def parse_expression(source: str) -> Phrase | Pattern:
    """A phrase, or RE2 between slashes; raises `PhraseError`."""
    trimmed = source.strip()
    if not trimmed.startswith("/"):
        return parse_phrase(source)
    if len(trimmed) < 2 or not trimmed.endswith("/"):
        raise PhraseError(
            "a pattern runs from its first to its last slash and nothing may follow that"
            " (flags go inside: `/(?i)late/`)"
        )
    try:
        return parse_pattern(trimmed[1:-1])
    except PatternError as error:
        raise PhraseError(str(error)) from error


def parse_phrase(source: str) -> Phrase:
    """Read a phrase; raises `PhraseError` with one sentence."""
    chunks = _CHUNK.findall(source)
    _check_brackets(chunks)
    _check_spacing(chunks)
    items = tuple(item for chunk in chunks if (item := _parse_chunk(chunk)) is not None)
    _check_items(items)
    return Phrase(source=source, items=items)


def _check_brackets(chunks: list[str]) -> None:
    for chunk in chunks:
        if chunk in {"(", ")", "[", "]"}:
            raise PhraseError(f"`{chunk}` has no partner, or stands inside other brackets")


def _check_spacing(chunks: list[str]) -> None:
    """Brackets and `*` stand alone; mere punctuation beside them separates nothing."""
    for left, right in itertools.pairwise(chunks):
        special = left[0] in "([*" or right[0] in "([*"
        if special and all(chunk[0] in "([*" or split_words(chunk) for chunk in (left, right)):
            raise PhraseError(f"put a space between `{left}` and `{right}`")


def _parse_chunk(chunk: str) -> Item | None:
    if chunk == "*":
        return Gap()
    if chunk[0] in "([":
        return _parse_group(chunk)
    if "|" in chunk:
        raise PhraseError("`|` separates alternatives and belongs inside `( )` or `[ ]`")
    words = tuple(split_words(chunk))
    return Choice(alternatives=(words,)) if words else None


def _parse_group(chunk: str) -> Choice:
    if "*" in chunk:
        raise PhraseError(f"`*` stands between items, not inside `{chunk}`")
    alternatives = tuple(tuple(split_words(part)) for part in chunk[1:-1].split("|"))
    if not all(alternatives):
        raise PhraseError(f"an alternative in `{chunk}` has no word")
    return Choice(alternatives=alternatives, optional=chunk[0] == "[")


def _check_items(items: tuple[Item, ...]) -> None:
    if not any(isinstance(item, Choice) and not item.optional for item in items):
        raise PhraseError("a phrase needs at least one word or `( )` that is not optional")
    if isinstance(items[0], Gap) or isinstance(items[-1], Gap):
        raise PhraseError("`*` stands between items, not at the beginning or the end")
    if any(isinstance(a, Gap) and isinstance(b, Gap) for a, b in itertools.pairwise(items)):
        raise PhraseError("`* *` is doubled: one `*` between two items is all there can be")
    if (count := count_expansions(items)) > MAX_EXPANSIONS:
        raise PhraseError(f"this spells out {count} phrases; at most {MAX_EXPANSIONS} are allowed")


def count_expansions(items: tuple[Item, ...]) -> int:
    """How many ways to say it there are, alike ones counted twice."""
    return math.prod(
        len(item.alternatives) + item.optional for item in items if isinstance(item, Choice)
    )


def measure_expansions(items: tuple[Item, ...]) -> int:
    """How many characters all those ways have together."""
    ways, size = count_expansions(items), 0
    for item in items:
        if isinstance(item, Choice):
            letters = sum(len(word) + 1 for words in item.alternatives for word in words)
            size += letters * ways // (len(item.alternatives) + item.optional)
    return size


def build_expansions(phrase: Phrase) -> tuple[Expansion, ...]:
    """Every way to say a phrase, each once."""
    ways: list[tuple[Words | Gap, ...]] = [
        (item,) if isinstance(item, Gap) else item.alternatives + ((),) * item.optional
        for item in phrase.items
    ]
    return tuple(dict.fromkeys(_build_expansion(way) for way in itertools.product(*ways)))


def _build_expansion(way: tuple[Words | Gap, ...]) -> Expansion:
    """Gaps at the edges mean nothing; gaps that meet add up; words that meet join."""
    segments: list[Words] = []
    gaps: list[int] = []
    pending = 0
    for part in way:
        if isinstance(part, Gap):
            pending += part.most
        elif part and segments and not pending:
            segments[-1] += part
        elif part:
            gaps += [pending] if segments else []
            segments.append(part)
            pending = 0
    return Expansion(segments=tuple(segments), gaps=tuple(gaps))
