"""The words of a sentence that say something, each with whether it is denied there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from llm_bridge.guards.grounding.figures import find_figures
from llm_bridge.guards.grounding.folding import clean, fold
from llm_bridge.guards.grounding.places import find_places
from llm_bridge.guards.grounding.vocabulary import (
    BREAKS,
    PAYMENTS,
    POLICIES,
    POLITE,
    STOPWORDS,
    SUBJECTS,
    UNDENIED,
    build_stem,
    find_language,
    is_negator,
)

REACH = 12  # words that a negation reaches, and those it reaches backwards where verbs come first
BACK_REACH = 3
_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|[,;:.!?()\n\"“”„«»]|\s-\s")
_ALL_STOPWORDS = frozenset().union(*STOPWORDS.values())


@dataclass(frozen=True, slots=True)
class Term:
    """A word that says something: folded, as compared, and how it stands in its sentence."""

    word: str
    stem: str
    written: str
    is_denied: bool
    is_name: bool  # written large within its sentence
    is_polite: bool


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence as it is compared."""

    text: str
    language: str  # empty where its words do not tell
    terms: tuple[Term, ...]
    policies: frozenset[str]
    payments: frozenset[str]
    places: frozenset[str]
    words: frozenset[str]
    denials: int  # how often it says no

    @property
    def is_denied(self) -> bool:
        return self.denials > 0


@dataclass(frozen=True, slots=True)
class _Token:
    written: str
    word: str
    start: int
    is_mark: bool


@lru_cache(maxsize=4_096)
def read_sentence(text: str, default: str = "") -> Said:
    """A sentence of the language `default` unless its words tell another one."""
    plain = clean(text)
    tokens = _cut(plain)
    words = [token.word for token in tokens if not token.is_mark]
    language = find_language(words, default=default)
    denied = _find_denied(tokens, language)
    hidden = _find_hidden(plain, language)
    stopwords = STOPWORDS.get(language, _ALL_STOPWORDS)
    places = find_places([token.written for token in tokens])
    named = {at + step for at, (_, count) in places.items() for step in range(count)}
    terms = [_build_place(tokens[at], code, at in denied) for at, (code, _) in places.items()]
    for at, token in enumerate(tokens):
        if at in named:
            continue
        is_small = len(token.word) < 2 or token.word in stopwords
        if token.is_mark or is_small or token.start in hidden or is_negator(token.word, language):
            continue
        terms.append(_build_term(tokens, at, is_denied=at in denied, language=language))
    joined = f" {' '.join(words)} "
    return Said(
        text=text,
        language=language,
        terms=tuple(terms),
        policies=_find_policies(joined),
        payments=_find_payments(joined, words),
        places=frozenset(code for code, _ in places.values()),
        words=frozenset(words),
        denials=_count_denials(tokens, language),
    )


def _count_denials(tokens: list[_Token], language: str) -> int:
    """How often it denies; a "No," before it answers a question and denies nothing here."""
    count = 0
    for at, token in enumerate(tokens):
        following = tokens[at + 1].word if at + 1 < len(tokens) else ""
        is_reply = at == 0 and following in {",", ".", "!"}
        is_double = token.word in {"ne", "n"} and language == "fr"  # ne … pas is one
        if is_negator(token.word, language) and not (is_reply or is_double):
            count += following not in UNDENIED
    return count


def _cut(text: str) -> list[_Token]:
    """Words and marks; what an apostrophe joins is one word unless it hides a small one."""
    tokens = []
    for match in _TOKEN.finditer(text):
        written, start = match[0], match.start()
        head, mark, tail = written.partition("'")
        if not mark:
            is_mark = not written.strip().isalpha()
            tokens.append(_Token(written, fold(written), start, is_mark))
        elif tail.lower() == "t" and head.lower().endswith("n"):  # don't, can't, isn't
            verb = head if head.lower() in {"can", "won"} else head[:-1]
            tokens.append(_Token(verb, fold(verb), start, False))
            tokens.append(_Token("not", "not", start + len(head), False))
        elif len(head) <= 2 or head.lower() in {
            "dell",
            "nell",
            "sull",
            "jusqu",
            "lorsqu",
        }:  # l'article
            tokens.append(_Token(head, fold(head), start, False))
            tokens.append(_Token(tail, fold(tail), start + len(head) + 1, False))
        else:
            tokens.append(_Token(head, fold(head), start, False))
    return tokens


def _find_hidden(text: str, language: str) -> frozenset[int]:
    """Where letters stand that belong to figures: these are compared as such."""
    places: set[int] = set()
    for figure in find_figures(text, language):
        if figure.kind != "number":
            places.update(range(figure.start, figure.start + len(figure.text) + 1))
    return frozenset(places)


def _find_denied(tokens: list[_Token], language: str) -> frozenset[int]:
    """Which tokens a negation reaches."""
    denied: set[int] = set()
    for at, token in enumerate(tokens):
        if token.is_mark or not (is_negator(token.word, language) or token.word == "cannot"):
            continue
        following = tokens[at + 1].word if at + 1 < len(tokens) else ""
        if following in UNDENIED:
            continue
        denied.update(_reach(tokens, range(at + 1, min(len(tokens), at + 1 + REACH))))
        if token.word in {"nicht", "niet", "pas"}:
            denied.update(_reach(tokens, range(at - 1, max(-1, at - 1 - BACK_REACH), -1)))
    return frozenset(denied)


def _reach(tokens: list[_Token], places: range) -> list[int]:
    reached = []
    for at in places:
        token = tokens[at]
        following = tokens[at + 1].word if at + 1 < len(tokens) else ""
        is_end = token.word in BREAKS or (
            token.is_mark and (token.word != "," or following in SUBJECTS)
        )
        if is_end and not (token.word == "and" and following not in SUBJECTS):
            break
        reached.append(at)
    return reached


def _build_term(tokens: list[_Token], at: int, *, is_denied: bool, language: str) -> Term:
    token = tokens[at]
    before = tokens[at - 1] if at else None
    is_first = before is None or (before.is_mark and before.word not in {",", "(", " - "})
    large = token.written[:1].isupper() and not is_first and language != "de"
    mixed = any(map(str.isupper, token.written[1:])) and len(token.written) > 1
    return Term(
        word=token.word,
        stem=build_stem(token.word),
        written=token.written,
        is_denied=is_denied,
        is_name=large or (mixed and not is_first) or (mixed and not token.written.isupper()),
        is_polite=bool(POLITE.find(token.word)),
    )


def _build_place(token: _Token, code: str, is_denied: bool) -> Term:
    return Term(
        word=token.word,
        stem=f"@{code}",
        written=token.written,
        is_denied=is_denied,
        is_name=False,
        is_polite=False,
    )


def _find_policies(joined: str) -> frozenset[str]:
    joined = joined.replace(" feel free ", " ").replace(" free to ", " ")
    words = joined.split()
    found = {name for word in words for name in POLICIES.find(word)}
    found |= {name for phrase, name in POLICIES.phrases.items() if f" {phrase}" in joined}
    return frozenset(found)


def _find_payments(joined: str, words: list[str]) -> frozenset[str]:
    found = {name for word in words for name in PAYMENTS.find(word)}
    return frozenset(
        found | {name for phrase, name in PAYMENTS.phrases.items() if f" {phrase} " in joined}
    )
