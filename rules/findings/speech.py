"""Speech: messages that say what a witness has to say, an editor's own words first."""

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from rules.evaluator import Evaluator
from rules.findings.automata import TooLarge, find_message
from rules.findings.machines import Wording
from rules.findings.pattern_samples import find_samples
from rules.findings.solving import World
from rules.language.facts import Scalar
from rules.language.patterns import Pattern
from rules.language.phrases import Phrase
from rules.language.text import MAX_MESSAGE
from rules.recognition import Recognition
from rules.replies import format_scalar
from rules.rulebook.parts import Entity, Intent

_MOST_SNIPPETS = 12  # of one intent
_QUICK = 2_000  # states looked at for one message
_PLAIN = ("anna@shop.example", "https://shop.example", "AB-123456", "12345", "AB123456")
_BUILTINS: Mapping[str, tuple[Scalar, ...]] = {
    "date": ("2026-12-24",),
    "money": ("49.90 EUR",),
    "number": (7,),
    "phone": ("+49301234567",),
}
_NEUTRAL = ("hm", "ok", "…", "")


@dataclass(frozen=True, slots=True)
class Snippet:
    """A text and what is recognised in it."""

    text: str
    said: Recognition


@dataclass(frozen=True, slots=True)
class Draft:
    """A message to try; `joined` where it is two wishes put one behind the other."""

    text: str
    joined: bool = False


def build_wordings(intent: Intent, expressions: Iterable[Phrase | Pattern]) -> list[Wording]:
    return [Wording(each, intent.typos) for each in expressions if isinstance(each, Phrase)]


class Speech:
    """What can be said in one rulebook; it recognises with the faster evaluator."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator
        self._rulebook = evaluator.rulebook
        self._snippets: dict[str, list[Snippet]] = {}
        self._heard: dict[str, Snippet] = {}

    def hear(self, text: str) -> Snippet:
        if text not in self._heard:
            said = self._evaluator.recognise(text[:MAX_MESSAGE])
            self._heard[text] = Snippet(text[:MAX_MESSAGE], said)
        return self._heard[text]

    @cached_property
    def examples(self) -> Mapping[str, list[Snippet]]:
        """By intent the editors' examples that say it, the intent's own first."""
        own = (text for intent in self._rulebook.intents.values() for text in intent.examples)
        rules = (
            example.text for rule in self._rulebook.rules.values() for example in rule.examples
        )
        found: dict[str, list[Snippet]] = defaultdict(list)
        for text in dict.fromkeys(itertools.chain(own, rules)):
            for intent in (snippet := self.hear(text)).said.intents:
                found[intent].append(snippet)
        return found

    def find_snippets(self, name: str) -> Sequence[Snippet]:
        """Messages recognised as an intent: examples, then what its phrases and patterns say."""
        if name not in self._snippets:
            intent = self._rulebook.intents[name]
            own = set(intent.examples)
            known = sorted(self.examples.get(name, ()), key=lambda each: each.text not in own)
            texts = itertools.islice(_find_texts(intent), _MOST_SNIPPETS * 2)
            made = [one for each in texts if name in (one := self.hear(each)).said.intents]
            self._snippets[name] = [*known[:_MOST_SNIPPETS], *made[:_MOST_SNIPPETS]]
        return self._snippets[name]

    @cached_property
    def samples(self) -> Mapping[str, tuple[Scalar, ...]]:
        """By entity values that are found when written."""
        return {entity.name: self._find_samples(entity) for entity in self._entities}

    @property
    def _entities(self) -> Iterable[Entity]:
        return self._rulebook.entities.values()

    def _find_samples(self, entity: Entity) -> tuple[Scalar, ...]:
        if entity.builtin is not None:
            return _BUILTINS[entity.builtin]
        if entity.values:
            return tuple(value.name for value in entity.values[:20])
        texts = [each for each in (entity.example, *_PLAIN) if each is not None]
        texts += find_samples(entity.pattern) if entity.pattern else ()
        found = (self.hear(text).said.entities.get(entity.name, ()) for text in texts)
        return tuple(dict.fromkeys(value for values in found for value in values))

    def find_drafts(self, world: World) -> Iterator[Draft]:
        """Messages that may say what a world needs, natural ones first; each must be tried."""
        for draft in self._find_bases(world.intents):
            said = self.hear(draft.text).said.entities
            yield from _add_entities(draft, world, said)

    def _find_bases(self, intents: Sequence[str]) -> Iterator[Draft]:
        if not intents:
            yield from map(Draft, _NEUTRAL)
            return
        snippets = [self.find_snippets(name) for name in intents]
        yield from (
            Draft(each.text)
            for each in itertools.chain.from_iterable(snippets)
            if set(intents) <= set(each.said.intents)
        )
        if len(intents) > 1:
            yield from (Draft(text) for text in self._find_merged(intents[:3]))
            for choice in _vary([each[:4] for each in snippets]):
                *first, last = (snippet.text for snippet in choice)
                yield Draft(" ".join([*map(_close, first), last]), joined=True)

    def _find_merged(self, intents: Sequence[str]) -> Iterator[str]:
        """One way to say an intent that says the others as well."""
        for first, *others in (intents, intents[::-1]):
            found = self.find_overlap(first, others)
            if found is not None:
                yield found

    def find_overlap(self, first: str, others: Sequence[str]) -> str | None:
        """One way to say an intent that says others too; looks at their first phrases."""
        intents = [self._rulebook.intents[name] for name in (first, *others)]
        said, *also = (build_wordings(intent, intent.phrases)[:6] for intent in intents)
        never = [one for intent in intents for one in build_wordings(intent, intent.avoid)]
        for choice in itertools.product(said, *also):
            if all(each.fits_into(choice[0]) for each in choice[1:]):
                text = _find_text(choice[0].without_gaps(), choice[1:], never)
                if text is not None and {first, *others} <= set(self.hear(text).said.intents):
                    return text
        return None


def _find_text(
    said: Wording, also: Sequence[Wording] = (), never: Sequence[Wording] = ()
) -> str | None:
    try:
        words = find_message(said, also=also, never=never, most_states=_QUICK)
    except TooLarge:
        return None
    return None if words is None else " ".join(words)


def _find_texts(intent: Intent) -> Iterator[str]:
    never = build_wordings(intent, intent.avoid)
    for expression in intent.phrases:
        if isinstance(expression, Pattern):
            yield from find_samples(expression, most=3)
        else:
            text = _find_text(Wording(expression, intent.typos), never=never)
            yield from () if text is None else (text,)


def _close(text: str) -> str:
    """With a mark at its end, so that another sentence can follow."""
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def _vary(lists: Sequence[Sequence[Snippet]]) -> Iterator[tuple[Snippet, ...]]:
    """All firsts, then combinations."""
    return itertools.islice(itertools.product(*lists), 16)


def _add_entities(
    draft: Draft, world: World, said: Mapping[str, tuple[Scalar, ...]]
) -> Iterator[Draft]:
    """The message as it is where it holds the values asked for, else with them behind it."""
    missing = [
        format_scalar(value)
        for name, values in world.entities.items()
        for value in values
        if value not in said.get(name, ()) or not set(said[name]) <= set(values)
    ]
    if not missing:
        yield draft
        return
    words = " ".join([draft.text if draft.text not in _NEUTRAL else "", *missing]).strip()
    yield Draft(words, draft.joined)
    yield Draft(" ".join([*missing, draft.text]), draft.joined)
