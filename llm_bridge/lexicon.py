"""Turns text into the terms that lexical search compares."""

from __future__ import annotations

import re
import unicodedata

# Scripts written without spaces: each character is a term of its own.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"
_TERM = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+")

# Words that say nothing about the subject of a customer's question.
_STOPWORDS_TEXT = """
a about actually after again all also am an and any anyone anything are as ask at be because
been before being best but by can cannot could d did do does doing don done else ever every few for
from get gets getting give given go going good got had has have having hello help her here hey
hi him his how i if in into is it its just know let like ll look looking m make many may me
might mine more most much must my need needs no not now of off ok okay on one only or other
our out over own please possible question re really s say see shall she should so some someone
something soon still such sure t take takes tell than thank thanks that the their them then
there these they thing things this those to too try trying u up us use ve very want wanted
wants was way we well were what whats when where whether which who whom whose why will wish
with without wondering would yes you your yours
another date day days first last new next time times today tomorrow week weeks work
works working
"""
STOPWORDS = frozenset(_STOPWORDS_TEXT.split())
# Of these, what also changes nothing of what is asked. Others do: how, when, not, before, your.
_COURTESY_TEXT = """
a actually am an and are be been being can could d get gets getting go going good got had has have
having hello help here hey hi i if is it its just know like ll look looking m me mine my need needs
ok okay our please possible question re really s say see so still tell thank thanks that the their
them there these they this those u us use ve want wanted wants was we well were wish wondering would
"""
# Not and without, where only the English ones are stopwords.
_NEGATIONS_TEXT = """
geen jamais kein keine keinem keinen keiner mai nao não ne nem nicht nichts nie niemals niet non
nooit nunca ohne pas sans sem senza sin zonder
"""
_COURTESY = frozenset(_COURTESY_TEXT.split())
_PARTICLES = (STOPWORDS - _COURTESY) | frozenset(_NEGATIONS_TEXT.split())


def build_terms(text: str) -> list[str]:
    """The folded terms of a text in order, stopwords left out."""
    normal = unicodedata.normalize("NFKC", text).casefold()
    return [fold(word) for word in _TERM.findall(normal) if word not in STOPWORDS]


def find_words(text: str) -> list[str]:
    """All words of a text as they are compared, each unspaced character one; nothing left out."""
    return _TERM.findall(unicodedata.normalize("NFKC", text).casefold())


def build_subject(text: str) -> str:
    """What a text is about: its terms, each once and sorted."""
    return " ".join(sorted(set(build_terms(text))))


def build_particles(text: str) -> frozenset[str]:
    """The little words of a text that turn its sense: how and when, not, before, your."""
    normal = unicodedata.normalize("NFKC", text).casefold()
    return _PARTICLES.intersection(_TERM.findall(normal))


def fold(word: str) -> str:
    """An English word without its plural, -ed or -ing and a final e or y; others nearly as is."""
    word = _fold_suffix(_fold_plural(word))
    return word[:-1] if len(word) > 5 and word[-1] in "ey" else word


def _fold_plural(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _fold_suffix(word: str) -> str:
    for suffix in ("ing", "ed"):
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            stem = word[: -len(suffix)]
            return stem[:-1] if stem[-1] == stem[-2] and stem[-1] not in "ls" else stem
    return word
