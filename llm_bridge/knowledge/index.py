"""The passages' rows: built when an article is saved, kept where their words stayed the same."""

from __future__ import annotations

import time
from collections import defaultdict
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest

from llm_bridge.knowledge.chunks import Chunk, build_chunks
from llm_bridge.knowledge.lexicon import build_language, build_terms, leave_out_small_words
from llm_bridge.knowledge.vectors import MODEL, find_encoder, is_installed

if TYPE_CHECKING:
    from llm_bridge.knowledge.tables import Article, Passage

# Raise by ten when chunks, terms or vectors come out otherwise; the one is for vectors.
_WORDS, _WORDS_AND_VECTORS = 10, 11
# Of the articles that were never indexed or are indexed in an older way, so many a question.
MAX_REFRESHED = 50
TITLE_WEIGHT = 2


def get_version() -> int:
    """How this process builds passages; a higher one also serves those who know less."""
    return _WORDS_AND_VECTORS if is_installed() else _WORDS


@transaction.atomic
def record_passages(*, article: Article) -> None:
    """The article's passages as its text is now; ids of those that stay are kept."""
    from llm_bridge.knowledge.tables import Article, Passage

    kept: dict[tuple[str, str], list[Passage]] = defaultdict(list)
    revision = _raise_revision(article)
    for row in Passage.objects.filter(article=article).order_by("-position"):
        kept[row.heading, row.text].append(row)
    chunks = build_chunks(article.body) or [Chunk("", article.title)]
    rows = [_find_or_build(kept, chunk) for chunk in chunks]
    for position, row in enumerate(rows):
        _fill(row, article=article, position=position, revision=revision)
    _fill_vectors(rows, article=article)
    gone = [row.pk for left in kept.values() for row in left]
    Passage.objects.filter(pk__in=gone).delete()
    Passage.objects.bulk_create([row for row in rows if row.pk is None], batch_size=200)
    old = [row for row in rows if row.pk is not None]
    fields = ["base", "position", "language", "terms", "length", "vector", "vector_model"]
    Passage.objects.bulk_update(old, [*fields, "revision"], batch_size=50)
    article.index_version = get_version()
    Article.objects.filter(pk=article.pk).update(index_version=article.index_version)


def refresh(*, base_id: int, limit: int = MAX_REFRESHED) -> int:
    """Builds passages of articles that have none of the present kind; returns how many had."""
    from llm_bridge.knowledge.tables import Article

    stale = Article.objects.filter(base_id=base_id, index_version__lt=get_version())
    articles = list(stale.order_by("index_version", "pk")[:limit])
    for article in articles:
        record_passages(article=article)
    return len(articles)


def _raise_revision(article: Article) -> int:
    """Holds the base's row until the commit, so revisions are seen in their order; by the clock,
    so that a database put back from a copy never repeats one."""
    from llm_bridge.knowledge.tables import KnowledgeBase

    microseconds = time.time_ns() // 1_000
    base = KnowledgeBase.objects.filter(pk=article.base_id)
    base.update(revision=Greatest(F("revision") + 1, microseconds))
    return base.values_list("revision", flat=True).get()


def _find_or_build(kept: dict[tuple[str, str], list[Passage]], chunk: Chunk) -> Passage:
    from llm_bridge.knowledge.tables import Passage

    same = kept.get((chunk.heading, chunk.text))
    return same.pop() if same else Passage(heading=chunk.heading, text=chunk.text)


def _fill(row: Passage, *, article: Article, position: int, revision: int) -> None:
    language = build_language(article.language)
    title = build_terms(article.title, language=language)
    terms = build_terms(f"{row.heading}\n{row.text}", language=language)
    row.base_id, row.article_id = article.base_id, article.pk
    row.position, row.revision, row.language = position, revision, language
    row.terms = " ".join([*(title * TITLE_WEIGHT), *terms])
    # Title terms are in every passage: not counting them here favours short ones.
    row.length = max(1, len(terms) + TITLE_WEIGHT * len(title))


def _fill_vectors(rows: list[Passage], *, article: Article) -> None:
    encoder = find_encoder()
    if encoder is None:
        for row in rows:
            row.vector, row.vector_model = None, ""
        return
    texts = [
        leave_out_small_words(f"{article.title}\n{row.heading}\n{row.text}", language=row.language)
        for row in rows
    ]
    for row, vector in zip(rows, encoder.encode(texts), strict=True):
        row.vector, row.vector_model = vector.astype("<f2").tobytes(), MODEL
