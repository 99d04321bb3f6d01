"""What a model may never answer: recognised in questions, in what they go on from, in drafts.

A rulebook's sealed intents are recognised as its rules do, and beyond that wherever all telling
words of one of their phrases stand, in any order and with slips of the key: here a person too
often is better than a model once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from chatbot.conversations.models import Exchange
from chatbot.conversations.reasons import get_evaluator
from llm_bridge.guards.grounding.vocabulary import STOPWORDS
from llm_bridge.lexicon import fold
from rules.decision import Decision
from rules.engine.slips import count_slips
from rules.evaluator import Evaluator
from rules.language.patterns import Pattern
from rules.language.phrases import build_expansions
from rules.language.text import MAX_MESSAGE, split_words
from rules.rulebook.parts import Expression, Intent

LOOKED_BACK = 2  # of the visitor's messages, for what this one may go on from
STEM = 6  # letters that two forms of a word share at least
_SMALL = frozenset().union(*STOPWORDS.values())

Words = frozenset[str]


@dataclass(frozen=True, slots=True)
class _Sealed:
    """A sealed intent's phrases as the words that tell."""

    name: str
    phrases: tuple[Words, ...]
    avoided: tuple[Words, ...]


class Seal:
    """The sealed intents of one rulebook; without any nothing is ever touched."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator
        self._names = evaluator.rulebook.sealed
        intents = evaluator.rulebook.intents.values()
        self._sealed = [_build_sealed(intent) for intent in intents if intent.sealed]

    def find(self, text: str) -> str | None:
        """The sealed intent that a text touches, if it touches one."""
        if not self._sealed:
            return None
        text = text[:MAX_MESSAGE]
        exact = self._names.intersection(self._evaluator.recognise(text).intents)
        return min(exact) if exact else self._find_near(split_words(text))

    def _find_near(self, words: Sequence[str]) -> str | None:
        for sealed in self._sealed:
            if any(_has_all(phrase, words) for phrase in sealed.avoided):
                continue
            if any(_has_all(phrase, words) for phrase in sealed.phrases):
                return sealed.name
        return None


def find_touched(
    seal: Seal, *, question: str, before: Sequence[str], decision: Decision | None, is_reply: bool
) -> str | None:
    """The sealed intent of a question, or of what it goes on from.

    `before` are the visitor's earlier messages, latest last. A reply to the model's question back
    is read together with what was asked; a message in which the rules recognise nothing is taken
    to go on from the ones before it.
    """
    texts = [question]
    if is_reply and before:
        texts.append(f"{before[-1]} {question}")
    if decision is None or not decision.intents:
        texts += before[-LOOKED_BACK:]
    return next((touched for text in texts if (touched := seal.find(text))), None)


def get_seal(exchange: Exchange) -> Seal | None:
    """Of the rulebook that decided the exchange; None where none was live."""
    if exchange.release_id is None:
        return None
    return Seal(get_evaluator(exchange))


def _build_sealed(intent: Intent) -> _Sealed:
    return _Sealed(
        name=intent.name,
        phrases=_build_words(intent.phrases),
        avoided=_build_words(intent.avoid),
    )


def _build_words(expressions: Iterable[Expression]) -> tuple[Words, ...]:
    found: dict[Words, None] = {}
    for expression in expressions:
        for expansion in () if isinstance(expression, Pattern) else build_expansions(expression):
            words = {word for segment in expansion.segments for word in segment} - _SMALL
            if words:
                found[frozenset(words)] = None
    return tuple(found)


def _has_all(phrase: Words, words: Sequence[str]) -> bool:
    return all(any(_is_near(wanted, word) for word in words) for wanted in phrase)


@lru_cache(maxsize=65_536)
def _is_near(wanted: str, word: str) -> bool:
    """The same word, another form of it, or one with a slip of the key."""
    if wanted == word or fold(wanted) == fold(word):
        return True
    short = min(len(wanted), len(word))
    if short >= STEM and wanted[:STEM] == word[:STEM]:
        return True
    allowed = 0 if len(wanted) < 5 else 1 if len(wanted) < 8 else 2
    return abs(len(wanted) - len(word)) <= allowed and count_slips(wanted, word) <= allowed
