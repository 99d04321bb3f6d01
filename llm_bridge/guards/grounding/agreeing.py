"""A bare "Yes" says all that the question said: it needs the same ground."""

from __future__ import annotations

import re

from llm_bridge.guards.grounding.folding import clean, fold
from llm_bridge.guards.grounding.ground import Ground
from llm_bridge.guards.grounding.support import Unsupported, find_unsupported
from llm_bridge.guards.grounding.vocabulary import AGREEING, POLITE, STOPWORDS

_WORD = re.compile(r"[^\W\d_]+")
_SMALL = frozenset().union(*STOPWORDS.values())
# "Sure!" may only open what is said politely: a question's own words prove nothing against it.
_GRAVE = frozenset({"ungrounded_figure", "ungrounded_payment", "ungrounded_place"})


def find_unsupported_agreement(
    sentence: str, *, question: str, ground: Ground, language: str
) -> Unsupported | None:
    """What an agreement affirms without a ground; None for what agrees to nothing."""
    folded = fold(clean(sentence)).strip()
    plainly = _opens(folded, "yes")
    if not (plainly or _opens(folded, "polite")) or not _is_bare(folded):
        return None
    found = find_unsupported(question.strip().rstrip("?？ "), ground, language=language)
    if found is None or not (plainly or found.reason in _GRAVE):
        return None
    return found


def _opens(folded: str, name: str) -> bool:
    return any(re.match(rf"{re.escape(word)}\b", folded) for word in AGREEING[name])


def _is_bare(folded: str) -> bool:
    """Nothing in it says more than yes."""
    known = {word for words in AGREEING.values() for phrase in words for word in phrase.split()}
    words = _WORD.findall(folded)
    return all(word in known or word in _SMALL or POLITE.find(word) for word in words)
