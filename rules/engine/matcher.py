"""Fast recognition: one pass of an Aho-Corasick automaton finds what may match, then verify.

Words are compared in padded normalised text (` where is it `), patterns in the text as
written. A phrase without gaps is found by the automaton itself; one with gaps by its longest
run of words; a pattern by a literal that every match contains.
"""

import itertools
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import ahocorasick

from rules.language.patterns import Pattern, find_literal, fold_case
from rules.language.phrases import Expansion, build_expansions
from rules.language.text import pad, replace_surrogates, split_words
from rules.recognition import Recognition
from rules.rulebook.parts import Entity, Expression, Rulebook

_Payload = TypeVar("_Payload")


@dataclass(frozen=True, slots=True)
class _Cue:
    """What a phrase or pattern says when found: these intents, or not these."""

    present: frozenset[str]
    vetoed: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Gapped:
    """Runs of words, padded, with at most so many words between each and the next."""

    segments: tuple[str, ...]
    gaps: tuple[int, ...]
    cue: _Cue

    def is_in(self, padded: str) -> bool:
        if not all(segment in padded for segment in self.segments):
            return False
        ends = [start + len(self.segments[0]) - 1 for start in _find_all(self.segments[0], padded)]
        for segment, gap in zip(self.segments[1:], self.gaps, strict=True):
            ends = [
                start + len(segment) - 1
                for start in _find_all(segment, padded)
                if _is_near(ends, start, padded, gap)
            ]
        return bool(ends)


def _find_all(segment: str, padded: str) -> Iterator[int]:
    start = padded.find(segment)
    while start >= 0:
        yield start
        start = padded.find(segment, start + 1)


def _is_near(ends: list[int], start: int, padded: str, gap: int) -> bool:
    """Whether the last end before `start` leaves at most `gap` words between."""
    before = bisect_right(ends, start)
    return before > 0 and padded.count(" ", ends[before - 1], start) <= gap


@dataclass(frozen=True, slots=True)
class _Hit:
    """All that one key of the word automaton stands for."""

    cue: _Cue
    gapped: tuple[_Gapped, ...]
    values: tuple[tuple[str, str], ...]  # entity, canonical value
    length: int  # of the key without its last space


@dataclass(slots=True)
class _Roles:
    """The intents that one expansion or pattern speaks for or against."""

    present: set[str] = field(default_factory=set)
    vetoed: set[str] = field(default_factory=set)

    def build_cue(self) -> _Cue:
        return _Cue(present=frozenset(self.present), vetoed=frozenset(self.vetoed))


class _Finder(Generic[_Payload]):
    """Finds which of its keys occur in a text, and where each ends."""

    def __init__(self, payloads: Mapping[str, _Payload]) -> None:
        automaton = ahocorasick.Automaton()
        for key, payload in payloads.items():
            automaton.add_word(key, payload)
        automaton.make_automaton()
        self._automaton: Any = automaton if payloads else None  # an empty one refuses to search

    def find(self, text: str) -> Iterable[tuple[int, _Payload]]:
        """Pairs of the last character's position and the key's payload."""
        return self._automaton.iter(text) if self._automaton else ()


class Matcher:
    """Recognises the intents and entities of one rulebook; safe to share between threads."""

    def __init__(self, rulebook: Rulebook) -> None:
        roles = _collect_roles(rulebook)
        self._words = _Finder(_build_hits(roles, rulebook.entities.values()))
        patterns = [
            (key, role.build_cue()) for key, role in roles.items() if isinstance(key, Pattern)
        ]
        literals: dict[str, list[tuple[Pattern, _Cue]]] = defaultdict(list)
        self._always: list[tuple[Pattern, _Cue]] = []
        for pattern, cue in patterns:
            literal = find_literal(pattern.expression)
            (self._always if literal is None else literals[literal]).append((pattern, cue))
        self._patterns = _Finder(literals)
        self._entities = [entity for entity in rulebook.entities.values() if entity.pattern]
        self._order = {name: at for at, name in enumerate(rulebook.entities)}

    def recognise(self, text: str) -> Recognition:
        """Everything found in a message of at most `MAX_MESSAGE` characters."""
        present: set[str] = set()
        vetoed: set[str] = set()
        places = self._match_words(pad(split_words(text)), present, vetoed)
        raw = replace_surrogates(text)
        self._match_patterns(raw, present, vetoed)
        entities = _find_pattern_entities(self._entities, raw)
        if places:
            entities |= _choose_values(places)
            in_order = sorted(entities, key=self._order.__getitem__)
            entities = {name: entities[name] for name in in_order}
        return Recognition(intents=tuple(sorted(present - vetoed)), entities=entities)

    def _match_words(
        self, padded: str, present: set[str], vetoed: set[str]
    ) -> dict[str, list[tuple[int, int, str]]]:
        """Fills the sets; gives for each entity the start, end and value of all places."""
        places: dict[str, list[tuple[int, int, str]]] = {}
        cues: list[_Cue] = []
        gapped: dict[int, _Gapped] = {}
        for last, hit in self._words.find(padded):
            cues.append(hit.cue)
            for candidate in hit.gapped:
                gapped[id(candidate)] = candidate
            for entity, value in hit.values:
                places.setdefault(entity, []).append((last - hit.length, last, value))
        cues += [candidate.cue for candidate in gapped.values() if candidate.is_in(padded)]
        for cue in cues:
            present |= cue.present
            vetoed |= cue.vetoed
        return places

    def _match_patterns(self, raw: str, present: set[str], vetoed: set[str]) -> None:
        candidates = {}
        for _, group in self._patterns.find(fold_case(raw)):
            candidates[id(group)] = group
        for pattern, cue in itertools.chain(self._always, *candidates.values()):
            if pattern.matches(raw):
                present |= cue.present
                vetoed |= cue.vetoed


def _find_pattern_entities(entities: list[Entity], raw: str) -> dict[str, tuple[str, ...]]:
    found = {}
    for entity in entities:
        if entity.pattern is not None:
            spans = entity.pattern.find_spans(raw)
            if values := tuple(dict.fromkeys(raw[start:end] for start, end in spans)):
                found[entity.name] = values
    return found


def _choose_values(places: dict[str, list[tuple[int, int, str]]]) -> dict[str, tuple[str, ...]]:
    """Of overlapping places the leftmost, and of those that start alike the longest."""
    found = {}
    for entity, spans in places.items():
        spans.sort(key=lambda span: (span[0], -span[1]))
        values: dict[str, None] = {}
        free = 0
        for start, end, value in spans:
            if start >= free:
                values[value] = None
                free = end
        found[entity] = tuple(values)
    return found


def _collect_roles(rulebook: Rulebook) -> dict[Expansion | Pattern, _Roles]:
    """Expansions and patterns that several intents share are looked for once."""
    roles: dict[Expansion | Pattern, _Roles] = defaultdict(_Roles)
    for intent in rulebook.intents.values():
        for key in _expand(intent.phrases):
            roles[key].present.add(intent.name)
        for key in _expand(intent.avoid):
            roles[key].vetoed.add(intent.name)
    return roles


def _expand(expressions: tuple[Expression, ...]) -> Iterator[Expansion | Pattern]:
    for expression in expressions:
        if isinstance(expression, Pattern):
            yield expression
        else:
            yield from build_expansions(expression)


@dataclass(slots=True)
class _Draft:
    """What gathers under one key before the hit is built."""

    cue: _Cue = field(default_factory=lambda: _Roles().build_cue())
    gapped: list[_Gapped] = field(default_factory=list)
    values: list[tuple[str, str]] = field(default_factory=list)


def _build_hits(
    roles: Mapping[Expansion | Pattern, _Roles], entities: Iterable[Entity]
) -> dict[str, _Hit]:
    drafts: dict[str, _Draft] = defaultdict(_Draft)
    for key, role in roles.items():
        if isinstance(key, Expansion):
            _draft_expansion(drafts, key, role.build_cue())
    for entity in entities:
        for value in entity.values:
            for spelling in dict.fromkeys(
                pad(split_words(text)) for text in (value.name, *value.synonyms)
            ):
                drafts[spelling].values.append((entity.name, value.name))
    return {
        key: _Hit(
            cue=draft.cue,
            gapped=tuple(draft.gapped),
            values=tuple(draft.values),
            length=len(key) - 1,
        )
        for key, draft in drafts.items()
    }


def _draft_expansion(drafts: dict[str, _Draft], expansion: Expansion, cue: _Cue) -> None:
    segments = tuple(pad(segment) for segment in expansion.segments)
    if expansion.gaps:
        gapped = _Gapped(segments=segments, gaps=expansion.gaps, cue=cue)
        drafts[max(segments, key=len)].gapped.append(gapped)
    else:
        drafts[segments[0]].cue = cue
