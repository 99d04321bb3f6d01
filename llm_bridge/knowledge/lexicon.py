"""Turns text into the terms that lexical search compares, by the rules of its language."""

from __future__ import annotations

import re
import threading
import unicodedata
from functools import lru_cache

import snowballstemmer

from llm_bridge.knowledge.stopwords import STOPWORDS
from llm_bridge.lexicon import find_words, fold

# Snowball's, which PostgreSQL's configurations of the same names use as well.
_STEMMERS = {
    "ar": "arabic",
    "ca": "catalan",
    "cs": "czech",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "hu": "hungarian",
    "it": "italian",
    "nb": "norwegian",
    "nl": "dutch",
    "nn": "norwegian",
    "no": "norwegian",
    "pl": "polish",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "sv": "swedish",
    "tr": "turkish",
}
MAX_TERM_CHARACTERS = 60

_local = threading.local()  # a stemmer keeps the word it is at, so each thread has its own


def build_language(code: str) -> str:
    """The language without its region: "pt" of "pt-BR"; "en" of nothing."""
    return re.split(r"[-_]", code.strip().lower(), maxsplit=1)[0][:8] or "en"


def build_terms(text: str, *, language: str) -> list[str]:
    """The folded terms of a text in order, stopwords left out; `language` as `build_language`
    gives it."""
    left_out = STOPWORDS.get(language, frozenset())
    return [_fold_in(word, language) for word in split_words(text) if word not in left_out]


def leave_out_small_words(text: str, *, language: str) -> str:
    """The words that say something, in order; all of them where none does."""
    left_out = STOPWORDS.get(language, frozenset())
    words = split_words(text)
    return " ".join([word for word in words if word not in left_out] or words)


def split_words(text: str) -> list[str]:
    return [word[:MAX_TERM_CHARACTERS] for word in find_words(text)]


def guess_language(question: str, *, expected: str, among: frozenset[str]) -> str:
    """The language whose small words the question has most of; the expected one in doubt."""
    words = split_words(question)
    counts = {each: sum(word in STOPWORDS[each] for word in words) for each in STOPWORDS}
    likely = max((each for each in counts if each in among), key=counts.__getitem__, default="")
    is_clear = likely and counts[likely] >= counts.get(expected, 0) + 2
    return likely if is_clear else expected


@lru_cache(maxsize=50_000)
def _fold_in(word: str, language: str) -> str:
    """The word's stem, without accents: visitors leave them out."""
    if language == "en":
        return fold(word)
    name = _STEMMERS.get(language)
    stem = _get_stemmer(name).stemWord(word) if name else word
    plain = unicodedata.normalize("NFD", stem)
    return "".join(each for each in plain if not unicodedata.combining(each)) or stem


def _get_stemmer(name: str) -> snowballstemmer.basestemmer.BaseStemmer:
    stemmers = _local.__dict__.setdefault("stemmers", {})
    if name not in stemmers:
        stemmers[name] = snowballstemmer.stemmer(name)
    return stemmers[name]
