"""The values of an entity among words: whole words, the longest first."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from rules.language.phrases import Words
from rules.language.text import split_words
from rules.rulebook.parts import Entity

Span: TypeAlias = tuple[int, int]  # from the first word to the one after the last
Spellings: TypeAlias = Mapping[str, Sequence[tuple[Words, str]]]  # by first word, longest first


def build_spellings(entity: Entity) -> Spellings:
    """The words that mean each value of an entity."""
    spellings: dict[str, list[tuple[Words, str]]] = defaultdict(list)
    for value in entity.values:
        for text in (value.name, *value.synonyms):
            words = tuple(split_words(text))
            spellings[words[0]].append((words, value.name))
    for found in spellings.values():
        found.sort(key=lambda spelling: -len(spelling[0]))
    return spellings


def find_values(spellings: Spellings, words: Sequence[str]) -> Iterator[tuple[Span, str]]:
    """Values from left to right, the longest at each place; they never overlap."""
    place = 0
    while place < len(words):
        here = (
            (len(wanted), value)
            for wanted, value in spellings.get(words[place], ())
            if tuple(words[place : place + len(wanted)]) == wanted
        )
        length, value = next(here, (0, ""))
        if length:
            yield (place, place + length), value
        place += length or 1
