"""What an answer may rest on, made ready to be compared: passages, and what the visitor said."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from llm_bridge.guards.grounding.figures import Figure, find_figures
from llm_bridge.guards.grounding.folding import fold
from llm_bridge.guards.grounding.places import widen
from llm_bridge.guards.grounding.terms import Said, read_sentence
from llm_bridge.guards.grounding.vocabulary import find_language
from llm_bridge.values import Source

_PARAGRAPH = re.compile(r"\n\s*\n")
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n")
_WORD = re.compile(r"[^\W\d_]+")
_WEEKDAY_RANGE = re.compile(r"\s*(?:-|to|through|until|bis|a|au|al|tot|t/m|ate)\s*")


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence of a passage: its words and its figures."""

    said: Said
    figures: tuple[Figure, ...]
    stems: frozenset[str]
    policies: frozenset[str]  # with those of its title


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph of a source with its title, or something that was said."""

    lines: tuple[Line, ...]
    stems: frozenset[str]
    words: frozenset[str]
    language: str
    is_data: bool = False  # names and values that a tool returned, no prose


@dataclass(frozen=True, slots=True)
class Ground:
    """All that an answer may rest on; of the visitor's words only some may ground something."""

    passages: tuple[Passage, ...]
    claimed: tuple[Passage, ...]  # what the visitor said
    own: frozenset[str]  # words of the company's name


def build_ground(
    *,
    sources: Iterable[Source],
    approved: Iterable[str],
    claimed: Iterable[str],
    language: str,
    site_name: str = "",
) -> Ground:
    """Pure and quick where the same texts come again: every passage is read once."""
    passages: list[Passage] = []
    for source in sources:
        passages += read_source(source.title, source.text, source.kind == "tool", language)
        if source.url:
            passages += read_source("", source.url, False, language)
    for text in approved:
        passages += read_source("", text, False, language)
    said = [passage for text in claimed for passage in read_source("", text, False, language)]
    own = frozenset(map(fold, _WORD.findall(site_name)))
    return Ground(passages=tuple(passages), claimed=tuple(said), own=own)


@lru_cache(maxsize=1_024)
def read_source(title: str, text: str, is_data: bool, language: str) -> tuple[Passage, ...]:
    """The passages of one text; what it says in its title holds for each."""
    if is_data:  # names such as order_number are words
        text = re.sub(r"(?<=[a-z])_(?=[a-z])", " ", text)
    language = find_language(map(fold, _WORD.findall(text)), default=language)
    head = read_sentence(title, language)
    found = []
    for paragraph in _PARAGRAPH.split(text):
        lines = tuple(
            _build_line(each, language, head) for each in _SENTENCE.split(paragraph) if each
        )
        stems = frozenset(stem for line in lines for stem in line.stems)
        stems |= {term.stem for term in head.terms}
        words = frozenset(word for line in lines for word in line.said.words) | head.words
        found.append(Passage(lines, stems, words, language, is_data))
    return tuple(found)


def _build_line(text: str, language: str, head: Said) -> Line:
    said = read_sentence(text, language)
    return Line(
        said=said,
        figures=_add_weekdays(text, find_figures(text, language)),
        stems=frozenset(term.stem for term in said.terms)
        | {f"@{code}" for code in widen(said.places)}
        | {f"={name}" for name in said.policies},  # "send back" is a return
        policies=said.policies | head.policies,
    )


def _add_weekdays(text: str, figures: tuple[Figure, ...]) -> tuple[Figure, ...]:
    """Monday to Friday are five days."""
    days = [figure for figure in figures if figure.kind == "weekday"]
    more: list[Figure] = []
    for first, last in pairwise(days):
        low, high = first.values[0], last.values[0]
        between = fold(text)[first.start + len(first.text) : last.start]
        if _WEEKDAY_RANGE.fullmatch(between):
            more += [
                Figure("weekday", (day,), first.text, first.start) for day in range(low + 1, high)
            ]
    return (*figures, *more)
