"""Where in the text as written each phrase, pattern and value was found."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from rules.language.builtins import Found
from rules.language.patterns import Pattern
from rules.language.phrases import Gap, Item, Phrase
from rules.language.text import WordSpan, find_word_spans, replace_surrogates
from rules.reference import Span, build_spellings, find_phrase, find_values
from rules.reference.phrases import find_openings, may_begin
from rules.reference.slips import is_meant
from rules.rulebook.parts import Entity, Expression, Intent, Rulebook

Kind: TypeAlias = Literal["intent", "avoid", "entity"]
Slip: TypeAlias = tuple[str, str]  # a word as written, and the word it stood for


@dataclass(frozen=True, slots=True)
class Match:
    """A stretch of the text and what it says: for an intent, against one, or an entity's value."""

    kind: Kind
    name: str
    source: str  # the phrase, the pattern between slashes, or the value
    start: int
    end: int
    text: str
    slips: tuple[Slip, ...] = ()  # words that were misspelt


@dataclass(frozen=True, slots=True)
class _Message:
    """A message in the three forms that finding needs."""

    raw: str
    spans: Sequence[WordSpan]
    words: Sequence[str]

    def quote(self, kind: Kind, name: str, source: str, start: int, end: int) -> Match:
        return Match(kind, name, source, start, end, self.raw[start:end])

    def quote_words(
        self, kind: Kind, name: str, source: str, span: Span, slips: tuple[Slip, ...] = ()
    ) -> Match:
        start, end = self.spans[span[0]].start, self.spans[span[1] - 1].end
        return Match(kind, name, source, start, end, self.raw[start:end], slips)


@dataclass(frozen=True, slots=True)
class _Way:
    """A way through a phrase's items: where it has come to, and the words that were meant."""

    place: int
    slips: tuple[Slip, ...] = field(default=())


def find_matches(
    rulebook: Rulebook, text: str, lazies: Mapping[str, Sequence[Found]] | None = None
) -> tuple[Match, ...]:
    """Every phrase and pattern that is found, at its first place; every value at every place.

    `lazies`: what was found of the built-in entities that somebody wanted.
    """
    spans = find_word_spans(text)
    words = [span.word for span in spans]
    message = _Message(raw=replace_surrogates(text), spans=spans, words=words)
    found: list[Match] = []
    for intent in rulebook.intents.values():
        found += _find_all(message, "intent", intent, intent.phrases)
        found += _find_all(message, "avoid", intent, intent.avoid)
    for entity in rulebook.entities.values():
        found += _find_entity(message, entity)
    for name, places in (lazies or {}).items():
        found += (
            message.quote("entity", name, str(each.value), each.start, each.end) for each in places
        )
    return tuple(found)


def _find_all(
    message: _Message, kind: Kind, intent: Intent, expressions: Sequence[Expression]
) -> Iterator[Match]:
    for expression in expressions:
        if isinstance(expression, Pattern):
            source = f"/{expression.expression}/"
            for start, end in [*expression.find_spans(message.raw)][:1]:
                yield message.quote(kind, intent.name, source, start, end)
        elif not may_begin(find_openings(expression), message.words, intent.typos):
            continue
        elif (span := find_phrase(expression, message.words, intent.typos)) is not None:
            slips = _find_slips(expression, message.words, span, intent.typos)
            yield message.quote_words(kind, intent.name, expression.source, span, slips)


def _find_slips(
    phrase: Phrase, words: Sequence[str], span: Span, typos: Mapping[str, int]
) -> tuple[Slip, ...]:
    """Which words of the stretch stood for others, by the way with the fewest such words."""
    if not typos:
        return ()
    ways = [_Way(place=span[0])]
    for item in phrase.items:
        longer: dict[int, _Way] = {}
        for way in ways:
            for after in _walk(item, words[: span[1]], way, typos):
                best = longer.get(after.place)
                if best is None or len(after.slips) < len(best.slips):
                    longer[after.place] = after
        ways = list(longer.values())
    return next((way.slips for way in ways if way.place == span[1]), ())


def _walk(item: Item, words: Sequence[str], way: _Way, typos: Mapping[str, int]) -> Iterator[_Way]:
    if isinstance(item, Gap):
        for place in range(way.place, min(way.place + item.most, len(words)) + 1):
            yield _Way(place=place, slips=way.slips)
        return
    for wanted in (*item.alternatives, ()) if item.optional else item.alternatives:
        end = way.place + len(wanted)
        pairs = list(zip(wanted, words[way.place : end], strict=False))
        if len(pairs) == len(wanted) and all(
            is_meant(one, word, typos.get(one, 0)) for one, word in pairs
        ):
            slips = tuple((word, one) for one, word in pairs if word != one)
            yield _Way(place=end, slips=(*way.slips, *slips))


def _find_entity(message: _Message, entity: Entity) -> Iterator[Match]:
    if entity.pattern is not None:
        source = f"/{entity.pattern.expression}/"
        for start, end in entity.pattern.find_spans(message.raw):
            yield message.quote("entity", entity.name, source, start, end)
        return
    for span, value in find_values(build_spellings(entity), message.words):
        yield message.quote_words("entity", entity.name, value, span)
