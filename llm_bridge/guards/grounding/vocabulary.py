"""The words that the grounding guard knows, read once from the two lists beside it."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from llm_bridge.guards.grounding.folding import fold
from llm_bridge.lexicon import fold as fold_english

LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pt")
MAX_KNOWN = 20_000  # words that are remembered
STEM = 6  # letters: as many say what a word is about, in whatever form it stands


def read_list(name: str) -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name(name).read_text("utf-8"))


class WordList:
    """Words and beginnings of words (`refund*`), each with the names it stands for."""

    def __init__(self, words: Mapping[str, str]) -> None:
        self._whole: dict[str, list[str]] = {}
        self._beginnings: dict[str, list[str]] = {}
        self._found: dict[str, tuple[str, ...]] = {}  # what was looked up before
        self.phrases: dict[str, str] = {}  # several words, joined by one space
        for name, text in words.items():
            for word in map(fold, text.split()):
                self._add(word, name)

    def _add(self, word: str, name: str) -> None:
        if "_" in word:
            self.phrases[word.replace("_", " ")] = name
        elif word.endswith("*"):
            self._beginnings.setdefault(word[:-1], []).append(name)
        else:
            self._whole.setdefault(word, []).append(name)

    def find(self, word: str) -> tuple[str, ...]:
        """The names that a folded word stands for."""
        known = self._found.get(word)
        if known is not None:
            return known
        found = list(self._whole.get(word, ()))
        for length in range(2, len(word) + 1):
            found += self._beginnings.get(word[:length], ())
        if len(self._found) > MAX_KNOWN:
            self._found.clear()
        self._found[word] = tuple(dict.fromkeys(found))
        return self._found[word]


_WORDS = read_list("words.toml")
STOPWORDS = {name: frozenset(text.split()) for name, text in _WORDS["stopwords"].items()}
_SPOKEN_IN = {
    word: tuple(name for name in LANGUAGES if word in STOPWORDS[name])
    for word in frozenset().union(*STOPWORDS.values())
}
POLITE = WordList({"polite": _WORDS["polite"]["all"]})
POLICIES = WordList(_WORDS["policies"])
SYNONYMS = WordList(_WORDS["synonyms"])
PAYMENTS = WordList(_WORDS["payments"])
_NEGATORS = {name: frozenset(text.split()) for name, text in _WORDS["negators"]["only"].items()}
_ANY_NEGATOR = frozenset(_WORDS["negators"]["all"].split())
UNDENIED = frozenset(_WORDS["undenied"]["all"].split())
SUBJECTS = frozenset(_WORDS["subjects"]["all"].split())
HOWEVERS = frozenset(_WORDS["howevers"]["all"].split())
AGREEING = {
    name: tuple(text.replace("_", " ") for text in words.split())
    for name, words in _WORDS["affirmations"].items()
}
IGNORANCE = re.compile("|".join(_WORDS["ignorance"]["all"]))
BREAKS = frozenset(_WORDS["breaks"]["all"].split())


def _build_opposites() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for pair in _WORDS["opposites"]["pairs"].split():
        one, other = pair.split(":")
        found.setdefault(one, set()).add(other)
        found.setdefault(other, set()).add(one)
    return {word: frozenset(others) for word, others in found.items()}


OPPOSITES = _build_opposites()


def find_language(words: Iterable[str], *, default: str = "") -> str:
    """Of folded words, by the small words among them; the default where they do not tell."""
    counts: Counter[str] = Counter(
        name for word in words if word in _SPOKEN_IN for name in _SPOKEN_IN[word]
    )
    if not counts:
        return default
    most = max(counts.values())
    tied = [name for name in LANGUAGES if counts[name] == most]
    return default if default in tied else tied[0]


def is_negator(word: str, language: str) -> bool:
    return word in _NEGATORS.get(language, _ANY_NEGATOR)


@lru_cache(maxsize=16_384)
def build_stem(word: str) -> str:
    """What a folded word is compared by: what it means, else how it begins."""
    known = PAYMENTS.find(word) or SYNONYMS.find(word) or POLICIES.find(word)
    return f"={known[0]}" if known else fold_english(word)[:STEM]
