"""Cuts a text where a reader would: at the end of a sentence, or else of a word."""

from __future__ import annotations

import re

_SENTENCE_END = re.compile(r"[.!?…。！？](?=\s|$)|\n")


def ends_sentence(text: str) -> bool:
    """True when nothing seems to be missing at the end; an empty text misses nothing."""
    return not text or text[-1] in ".!?…。！？)"


def cut_at_sentence(text: str, *, limit: int) -> str:
    """At most `limit` characters, ending with a sentence, or else with a word and an ellipsis."""
    if len(text) <= limit:
        return text
    head = text[:limit]
    ends = [match.end() for match in _SENTENCE_END.finditer(text, 0, limit)]
    # A cut that loses most of the text would be worse than one inside a sentence.
    if ends and ends[-1] > limit // 4:
        return head[: ends[-1]].rstrip()
    return re.sub(r"\s+\S*$", "", head[:-1]) + "…"
