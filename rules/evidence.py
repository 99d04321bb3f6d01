"""Where in the text as written each phrase, pattern and value was found."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from rules.language.patterns import Pattern
from rules.language.phrases import Phrase
from rules.language.text import WordSpan, find_word_spans, replace_surrogates
from rules.reference import Span, build_spellings, find_values, walk_item
from rules.rulebook.parts import Entity, Expression, Rulebook


@dataclass(frozen=True, slots=True)
class Match:
    """A stretch of the text and what it says: for an intent, against one, or an entity's value."""

    kind: Literal["intent", "avoid", "entity"]
    name: str
    source: str  # the phrase, the pattern between slashes, or the value
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class _Reader:
    """A message in the three forms that finding needs."""

    raw: str
    spans: Sequence[WordSpan]
    words: Sequence[str]

    def quote(self, kind: Literal["intent", "avoid", "entity"], name: str, source: str) -> "_Quote":
        return _Quote(reader=self, kind=kind, name=name, source=source)


@dataclass(frozen=True, slots=True)
class _Quote:
    """A match that lacks only its place."""

    reader: _Reader
    kind: Literal["intent", "avoid", "entity"]
    name: str
    source: str

    def at(self, start: int, end: int) -> Match:
        text = self.reader.raw[start:end]
        return Match(self.kind, self.name, self.source, start, end, text)

    def at_words(self, span: Span) -> Match:
        return self.at(self.reader.spans[span[0]].start, self.reader.spans[span[1] - 1].end)


def find_matches(rulebook: Rulebook, text: str) -> tuple[Match, ...]:
    """Every phrase and pattern that is found, at its first place; every value at every place."""
    spans = find_word_spans(text)
    reader = _Reader(raw=replace_surrogates(text), spans=spans, words=[span.word for span in spans])
    found: list[Match] = []
    for intent in rulebook.intents.values():
        found += _find_all(reader, "intent", intent.name, intent.phrases)
        found += _find_all(reader, "avoid", intent.name, intent.avoid)
    for entity in rulebook.entities.values():
        found += _find_entity(reader, entity)
    return tuple(found)


def _find_all(
    reader: _Reader,
    kind: Literal["intent", "avoid"],
    name: str,
    expressions: Sequence[Expression],
) -> Iterator[Match]:
    for expression in expressions:
        if isinstance(expression, Pattern):
            quote = reader.quote(kind, name, f"/{expression.expression}/")
            yield from (quote.at(*span) for span in [*expression.find_spans(reader.raw)][:1])
        elif (found := find_phrase(expression, reader.words)) is not None:
            yield reader.quote(kind, name, expression.source).at_words(found)


def find_phrase(phrase: Phrase, words: Sequence[str]) -> Span | None:
    """The place that ends first, and of those the shortest."""
    found = []
    for start in range(len(words)):
        places = {start}
        for item in phrase.items:
            places = {after for place in places for after in walk_item(item, words, place)}
        found += [(min(places), -start)] if places else []
    end, start = min(found, default=(0, 0))
    return (-start, end) if found else None


def _find_entity(reader: _Reader, entity: Entity) -> Iterator[Match]:
    if entity.pattern is not None:
        quote = reader.quote("entity", entity.name, f"/{entity.pattern.expression}/")
        yield from (quote.at(*span) for span in entity.pattern.find_spans(reader.raw))
        return
    for span, value in find_values(build_spellings(entity), reader.words):
        yield reader.quote("entity", entity.name, value).at_words(span)
