"""The knowledge base: which articles a question is about, and an answer quoted from the best."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max

from llm_bridge.excerpts import cut_at_sentence
from llm_bridge.models import Article
from llm_bridge.search import Document, Hit, Index
from llm_bridge.values import Source

__all__ = ["Quote", "Source", "find_sources", "quote"]

# Both measured in tests/llm_bridge/test_knowledge.py on questions in and out of scope.
RELEVANT = 0.45
QUOTABLE = 0.6

MAX_SOURCE_CHARACTERS = 1_500
MAX_QUOTE_CHARACTERS = 700
MAX_CACHED_BASES = 64

_INTRODUCTIONS = {
    "de": "Von unserer Hilfeseite **{title}**:",
    "en": "From our help page **{title}**:",
    "es": "De nuestra página de ayuda **{title}**:",
    "fr": "Extrait de notre page d’aide **{title}** :",
    "it": "Dalla nostra pagina di aiuto **{title}**:",
    "nl": "Van onze hulppagina **{title}**:",
    "pt": "Da nossa página de ajuda **{title}**:",
}

_Version = tuple[int, int, datetime | None]
_indexes: dict[int, tuple[_Version, Index]] = {}


@dataclass(frozen=True, slots=True)
class Quote:
    """An answer in an article's own words, with where it comes from."""

    text: str
    sources: tuple[Source, ...]


def find_sources(*, base_id: int, question: str, limit: int = 3) -> tuple[Source, ...]:
    """The enabled articles that are relevant to the question, best first; often none."""
    hits = _get_index(base_id).find(question=question, limit=limit)
    return tuple(_build_source(hit) for hit in hits if hit.score >= RELEVANT)


def quote(*, sources: tuple[Source, ...], language: str) -> Quote | None:
    """The best source's best words, introduced; None when it is not clearly about the question."""
    best = next((source for source in sources if source.kind == "article"), None)
    if best is None or best.score < QUOTABLE:
        return None
    introduction = _INTRODUCTIONS.get(language.lower()[:2], _INTRODUCTIONS["en"])
    excerpt = cut_at_sentence(best.text.split("\n\n")[0], limit=MAX_QUOTE_CHARACTERS)
    text = f"{introduction.format(title=best.title)}\n\n{excerpt}"
    return Quote(text=text, sources=(best,))


def _build_source(hit: Hit) -> Source:
    """The article's best paragraph and further ones that fit."""
    text = hit.paragraphs[0][:MAX_SOURCE_CHARACTERS]
    for paragraph in hit.paragraphs[1:]:
        if len(text) + len(paragraph) + 2 <= MAX_SOURCE_CHARACTERS:
            text = f"{text}\n\n{paragraph}"
    document = hit.document
    return Source(
        title=document.title,
        url=document.url,
        text=text,
        score=min(1.0, hit.score),
        article_id=document.article_id,
    )


def _get_index(base_id: int) -> Index:
    """The base's index, built anew when an article was added, edited, removed or switched."""
    version = _find_version(base_id)
    cached = _indexes.get(base_id)
    if cached and cached[0] == version:
        return cached[1]
    index = _build_index(base_id)
    if len(_indexes) >= MAX_CACHED_BASES:
        _indexes.clear()
    _indexes[base_id] = (version, index)
    return index


def _find_version(base_id: int) -> _Version:
    row = Article.objects.filter(base_id=base_id, enabled=True).aggregate(
        count=Count("pk"), newest=Max("pk"), updated=Max("updated_at")
    )
    return row["count"], row["newest"] or 0, row["updated"]


def _build_index(base_id: int) -> Index:
    rows = Article.objects.filter(base_id=base_id, enabled=True).order_by("pk")
    return Index(
        Document(article_id=row.pk, title=row.title, url=row.url, body=row.body) for row in rows
    )
