"""Where a phrase stands among words, with the slips that its intent forgives."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from rules.language.patterns import Pattern
from rules.language.phrases import Choice, Gap, Item, Phrase, Words
from rules.reference.slips import is_meant
from rules.reference.values import Span

Typos: TypeAlias = Mapping[str, int]  # word to the slips it forgives
NO_TYPOS: Typos = {}


@dataclass(frozen=True, slots=True)
class Prepared:
    """The phrases and patterns of one list of an intent, what is cheap to know put beside them."""

    expressions: Sequence[tuple[Phrase | Pattern, frozenset[str]]]
    typos: Typos = field(default_factory=dict)

    def is_found(self, words: Sequence[str], raw: str) -> bool:
        for expression, openings in self.expressions:
            if isinstance(expression, Pattern):
                if expression.matches(raw):
                    return True
            elif may_begin(openings, words, self.typos) and matches_phrase(
                expression, words, self.typos
            ):
                return True
        return False


def prepare(expressions: Sequence[Phrase | Pattern], typos: Typos) -> Prepared:
    return Prepared([(each, find_openings(each)) for each in expressions], typos)


def find_openings(expression: Phrase | Pattern) -> frozenset[str]:
    """The words with one of which the first item that is required begins."""
    if isinstance(expression, Pattern):
        return frozenset()
    required = next(
        item for item in expression.items if isinstance(item, Choice) and not item.optional
    )
    return frozenset(words[0] for words in required.alternatives)


def may_begin(openings: frozenset[str], words: Sequence[str], typos: Typos) -> bool:
    """Whether one of the openings is there, or may be there misspelt."""
    return not openings.isdisjoint(words) or not openings.isdisjoint(typos)


def matches_phrase(phrase: Phrase, words: Sequence[str], typos: Typos = NO_TYPOS) -> bool:
    """Whether the phrase stands anywhere among the words."""
    places = set(range(len(words) + 1))
    for item in phrase.items:
        places = {after for place in places for after in _walk_item(item, words, place, typos)}
    return bool(places)


def find_phrase(phrase: Phrase, words: Sequence[str], typos: Typos = NO_TYPOS) -> Span | None:
    """The place that ends first, and of those the shortest."""
    found = []
    for start in range(len(words)):
        places = {start}
        for item in phrase.items:
            places = {after for place in places for after in _walk_item(item, words, place, typos)}
        found += [(min(places), -start)] if places else []
    end, start = min(found, default=(0, 0))
    return (-start, end) if found else None


def _walk_item(item: Item, words: Sequence[str], place: int, typos: Typos) -> Iterator[int]:
    """The places where an item that begins at `place` can have ended."""
    if isinstance(item, Gap):
        yield from range(place, min(place + item.most, len(words)) + 1)
        return
    if item.optional:
        yield place
    for alternative in item.alternatives:
        if _stands_at(words, alternative, place, typos):
            yield place + len(alternative)


def _stands_at(words: Sequence[str], wanted: Words, place: int, typos: Typos) -> bool:
    there = tuple(words[place : place + len(wanted)])
    if there == wanted or not typos:
        return there == wanted
    return len(there) == len(wanted) and all(
        is_meant(one, word, typos.get(one, 0)) for one, word in zip(wanted, there, strict=True)
    )
