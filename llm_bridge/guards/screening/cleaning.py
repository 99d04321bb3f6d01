"""Orders that came another way: inside an article, a tool's result, or what was said before."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from llm_bridge.guards.screening.judgement import find_order
from llm_bridge.guards.screening.patterns import CERTAIN, find_hits
from llm_bridge.guards.screening.plain import build_readings
from llm_bridge.values import Query, Source

# Paragraphs of an article, values of a tool's JSON.
_PART = re.compile(r"\n+|(?<!\\)\"")
_SENTENCE = re.compile(r"(?<=[.!?。！？])\s*")


def clean_query(query: Query) -> Query:
    """Without what gives the model orders in the visitor's earlier words, quotations, articles."""
    return replace(
        query,
        history=tuple(
            each for each in query.history if each.role != "visitor" or not find_order(each.text)
        ),
        quoted=tuple(each for each in query.quoted if not find_order(each.text)),
        sources=tuple(map(clean_source, query.sources)),
    )


def clean_source(source: Source) -> Source:
    is_ours = source.kind != "tool"
    text = _clean_article(source.text) if is_ours else clean_text(source.text)
    return source if text == source.text else replace(source, text=text)


@lru_cache(maxsize=512)
def _clean_article(text: str) -> str:
    """Remembered, because the same articles are told again and again."""
    return clean_text(text)


def clean_text(text: str) -> str:
    """Without sentences that give orders, and what follows them in the same paragraph or value.

    Only what is certain counts here: a company's article may be written like anything.
    """
    if not _orders(text):
        return text
    kept, at = [], 0
    for match in _PART.finditer(text):
        kept += [_clean_part(text[at : match.start()]), match[0]]
        at = match.end()
    return "".join([*kept, _clean_part(text[at:])])


def _clean_part(part: str) -> str:
    if not _orders(part):
        return part
    at = 0
    for match in (*_SENTENCE.finditer(part), None):
        end = match.end() if match else len(part)
        if _orders(part[at:end]):
            break
        at = end
    return part[:at] if at < len(part) else ""


def _orders(text: str) -> bool:
    return any(
        hit.weight >= CERTAIN for reading in build_readings(text) for hit in find_hits(reading)
    )
