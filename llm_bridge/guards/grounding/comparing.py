"""Compares a sentence with one line: what it turns round, and whether a figure stands there."""

from __future__ import annotations

import re
from collections.abc import Iterable

from llm_bridge.guards.grounding.figures import Figure
from llm_bridge.guards.grounding.ground import Line, Passage
from llm_bridge.guards.grounding.terms import Said
from llm_bridge.guards.grounding.vocabulary import OPPOSITES

ALIKE = 0.8  # of the words of both: then one "not" more or less turns it round


def find_turned(said: Said, line: Line) -> tuple[str, ...]:
    """What the sentence says the other way round than the line; both may deny in their own way."""
    denied: dict[str, set[bool]] = {}
    for term in line.said.terms:
        denied.setdefault(term.stem, set()).add(term.is_denied)
    both = [term for term in said.terms if term.is_denied and True in denied.get(term.stem, ())]
    if said.is_denied and line.said.is_denied and both:
        return ("not",) if _is_verbatim(said, line) and said.denials != line.said.denials else ()
    turned = [
        term.written
        for term in said.terms
        if denied.get(term.stem, {term.is_denied}) == {not term.is_denied}
    ]
    denied_here = {term.word for term in said.terms if term.is_denied}
    if any(OPPOSITES.get(word, frozenset()) & line.said.words for word in denied_here):
        return ()  # "not harmful" is harmless
    if said.is_denied and not line.said.is_denied:
        turned += [term.written for term in said.terms if term.is_denied] or ["not"]
    return unique([*turned, *_find_opposites(said, line)])


def _is_verbatim(said: Said, line: Line) -> bool:
    here, there = {term.stem for term in said.terms}, {term.stem for term in line.said.terms}
    return len(here & there) >= ALIKE * max(len(here), len(there))


def _find_opposites(said: Said, line: Line) -> list[str]:
    """Words whose opposite stands in the line, and they themselves do not."""
    words, known = said.words, line.said.words
    return [
        word
        for word in words & OPPOSITES.keys() - known
        if OPPOSITES[word] & known and not OPPOSITES[word] & words
    ]


def holds(line: Line, figure: Figure) -> bool:
    return any(figure.is_like(each) and _fits(figure, each, line) for each in line.figures)


def _fits(figure: Figure, known: Figure, line: Line) -> bool:
    """Three cups are no three spoons: what is counted has to stand there too."""
    if figure.kind != "number" or not figure.unit or figure.unit == known.unit:
        return True
    return figure.unit in line.stems or not known.unit


def gives(passage: Passage, figure: Figure) -> bool:
    """A tool's number grounds an amount or a period whose unit the tool names anywhere."""
    if any(holds(line, figure) for line in passage.lines):
        return True
    numbers = [each for line in passage.lines for each in line.figures if each.kind == "number"]
    if figure.kind == "money":
        sums = {value for each in figure.values if isinstance(each, tuple) for value in each[:1]}
        named = {each[1].lower() for each in figure.values if isinstance(each, tuple) and each[1]}
        codes = {"eur", "usd", "gbp", "chf", "jpy", "sek", "pln"} & passage.words
        is_named = not codes or not named or not codes.isdisjoint(named)
        return is_named and any(not sums.isdisjoint(each.values) for each in numbers)
    spelt = re.match(r"[\d.,]+", figure.text)
    units = re.findall(r"[^\W\d_]+", figure.text)
    if not spelt or not units or not set(units) & passage.words:
        return False
    return any(float(spelt[0].replace(",", ".").rstrip(".")) in each.values for each in numbers)


def unique(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))
