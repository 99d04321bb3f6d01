"""Fast recognition: find what may match by what it opens with or contains, then make certain.

Words are looked up in the phrasebook, patterns behind an automaton of their literals; how long
a message takes hardly depends on how many phrases and patterns there are.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from rules.engine.literals import PatternFinder
from rules.engine.phrasebook import Cue, Loose, Phrasebook, Run, Slips
from rules.engine.words import find_words
from rules.language.patterns import Pattern
from rules.language.phrases import Expansion, Words, build_expansions
from rules.language.text import replace_surrogates, split_words
from rules.recognition import Recognition
from rules.rulebook.parts import Entity, Expression, Intent, Rulebook

_Said: TypeAlias = tuple[Expansion, Slips] | Pattern


class Matcher:
    """Recognises the intents and entities of one rulebook; safe to share between threads."""

    def __init__(self, rulebook: Rulebook) -> None:
        cues = _collect_cues(rulebook.intents.values())
        self._phrases = _build_phrasebook(cues, rulebook.entities.values())
        self._patterns = PatternFinder(
            {said: cue for said, cue in cues.items() if isinstance(said, Pattern)}
        )
        self._entities = [entity for entity in rulebook.entities.values() if entity.pattern]
        self._order = {name: at for at, name in enumerate(rulebook.entities)}

    def recognise(self, text: str) -> Recognition:
        """Everything found in a message of at most `MAX_MESSAGE` characters."""
        folded = text.casefold()
        cues, places = self._phrases.find(find_words(text, folded))
        cues += self._patterns.find(text, folded)
        present = {intent for cue in cues for intent in cue.present}
        for cue in cues:
            if cue.vetoed:
                present.difference_update(cue.vetoed)
        entities = _find_pattern_entities(self._entities, text) if self._entities else {}
        if places:
            entities |= _choose_values(places)
            in_order = sorted(entities, key=self._order.__getitem__)
            entities = {name: entities[name] for name in in_order}
        return Recognition(intents=tuple(sorted(present)), entities=entities)


def _find_pattern_entities(entities: list[Entity], text: str) -> dict[str, tuple[str, ...]]:
    raw = replace_surrogates(text)
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


def _collect_cues(intents: Iterable[Intent]) -> dict[_Said, Cue]:
    """What several intents say alike is looked for once."""
    present: dict[_Said, list[str]] = defaultdict(list)
    vetoed: dict[_Said, list[str]] = defaultdict(list)
    for intent in intents:
        for said in dict.fromkeys(_spell_out(intent.phrases, intent.typos)):
            present[said].append(intent.name)
        for said in dict.fromkeys(_spell_out(intent.avoid, intent.typos)):
            vetoed[said].append(intent.name)
    return {
        said: Cue(present=tuple(present.get(said, ())), vetoed=tuple(vetoed.get(said, ())))
        for said in dict.fromkeys([*present, *vetoed])
    }


def _spell_out(expressions: Iterable[Expression], typos: Mapping[str, int]) -> Iterator[_Said]:
    for expression in expressions:
        if isinstance(expression, Pattern):
            yield expression
        else:
            for expansion in build_expansions(expression):
                yield expansion, _find_slips(expansion, typos)


def _find_slips(expansion: Expansion, typos: Mapping[str, int]) -> Slips:
    """Those words of it that forgive slips."""
    if not typos:
        return ()
    words = {word for segment in expansion.segments for word in segment}
    return tuple(sorted((word, typos[word]) for word in words & typos.keys()))


@dataclass(slots=True)
class _Draft:
    """What gathers for one run of words."""

    cue: Cue = field(default_factory=Cue)
    loose: list[Loose] = field(default_factory=list)
    values: list[tuple[str, str]] = field(default_factory=list)


def _build_phrasebook(cues: Mapping[_Said, Cue], entities: Iterable[Entity]) -> Phrasebook:
    drafts: dict[Words, _Draft] = defaultdict(_Draft)
    forgiving: list[Loose] = []
    for said, cue in cues.items():
        if isinstance(said, Pattern):
            continue
        expansion, slips = said
        if slips:
            forgiving.append(Loose(expansion=expansion, slips=slips, cue=cue))
        elif expansion.gaps:
            longest = max(expansion.segments, key=lambda words: sum(map(len, words)))
            drafts[longest].loose.append(Loose(expansion=expansion, slips=(), cue=cue))
        else:
            drafts[expansion.segments[0]].cue = cue
    for entity in entities:
        for words, value in _find_spellings(entity):
            drafts[words].values.append((entity.name, value))
    runs = (
        Run(words=words, cue=draft.cue, loose=tuple(draft.loose), values=tuple(draft.values))
        for words, draft in drafts.items()
    )
    return Phrasebook(runs, forgiving)


def _find_spellings(entity: Entity) -> Iterator[tuple[Words, str]]:
    """All that its values go by, each spelling of a value once."""
    for value in entity.values:
        spellings = (tuple(split_words(text)) for text in (value.name, *value.synonyms))
        for words in dict.fromkeys(spellings):
            yield words, value.name
