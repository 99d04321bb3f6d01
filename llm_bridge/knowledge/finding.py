"""Searches one base: words through the database, meaning through vectors, both joined by rank."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from llm_bridge.knowledge.frequencies import Frequencies, get_frequencies
from llm_bridge.knowledge.fulltext import find_passages
from llm_bridge.knowledge.index import get_version, refresh
from llm_bridge.knowledge.lexicon import (
    build_language,
    build_terms,
    guess_language,
    leave_out_small_words,
)
from llm_bridge.knowledge.matrices import find_matrix
from llm_bridge.knowledge.ranking import Candidate, Hit, Wanted, Way, build_weights, rank
from llm_bridge.knowledge.tables import Article, KnowledgeBase, Passage, build_live
from llm_bridge.knowledge.vectors import find_encoder

# Passages looked at closely, of each way of searching.
CANDIDATES = 40
# Of more words the rarest count: a story has hundreds.
MAX_QUESTION_TERMS = 32
MAX_QUESTION_CHARACTERS = 4_000
# Passages that the database has to rank, unless the rarest word alone is in more.
MAX_RANKED = 5_000

_READ = (
    "heading",
    "text",
    "language",
    "terms",
    "length",
    "article__title",
    "article__url",
    "article__language",
)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a question found: articles, best first, and their passages by id."""

    hits: tuple[Hit, ...]
    passages: dict[int, Passage]
    language: str


def find(
    *, base_id: int, question: str, language: str, now: datetime, by: Way = "fused"
) -> Finding:
    """The articles that have anything to do with the question; no threshold, all languages."""
    question = question[:MAX_QUESTION_CHARACTERS]
    frequencies = get_frequencies(base_id=base_id, revision=_find_revision(base_id))
    languages = frozenset(frequencies.languages)
    spoken = guess_language(question, expected=build_language(language), among=languages)
    wanted = {each: _build_wanted(frequencies, question, each) for each in languages}
    found = [] if by == "vectors" else _find_worded(frequencies, wanted, now)
    near: dict[int, float] = {}
    rows: dict[int, Passage] = {}
    # Vectors know no dates: where what is over crowds out the rest, more are looked at.
    for limit in (CANDIDATES, 25 * CANDIDATES):
        if by != "words":
            words = leave_out_small_words(question, language=spoken)
            near = _find_near(base_id, frequencies.revision, words, found, limit)
        rows = _read(base_id, {*found, *near}, now)
        if len(near) < limit or sum(pk in rows for pk in near) >= CANDIDATES // 4:
            break
    candidates = [_build_candidate(row, near.get(row.pk)) for row in rows.values()]
    return Finding(tuple(rank(candidates, wanted=wanted, by=by)), rows, spoken)


def _find_worded(
    frequencies: Frequencies, wanted: Mapping[str, Wanted], now: datetime
) -> list[int]:
    return [
        pk
        for language in sorted(wanted)
        for pk in find_passages(
            base_id=frequencies.base_id,
            language=language,
            weights=_choose(frequencies, language, wanted[language]),
            now=now,
            limit=CANDIDATES,
        )
    ]


def _find_revision(base_id: int) -> int:
    """The base's revision, after building what was not yet built in the present way."""
    stale = Article.objects.filter(base_id=base_id, index_version__lt=get_version())
    row = KnowledgeBase.objects.filter(pk=base_id).values_list("revision", flat=True)
    if stale.exists():
        refresh(base_id=base_id)
    return row.first() or 0


def _build_wanted(frequencies: Frequencies, question: str, language: str) -> Wanted:
    collection = frequencies.languages[language]
    terms = list(dict.fromkeys(build_terms(question, language=language)))[:MAX_QUESTION_TERMS]
    counts = frequencies.count(language=language, terms=terms)
    return Wanted(
        weights=build_weights(counts=counts, passages=collection.passages),
        mean_length=collection.mean_length,
    )


def _choose(frequencies: Frequencies, language: str, wanted: Wanted) -> dict[str, float]:
    """The terms to look up: those that some passage has, the rarest, until enough are found."""
    counts = frequencies.count(language=language, terms=list(wanted.weights))
    chosen: dict[str, float] = {}
    ranked = 0
    for term in sorted(wanted.weights, key=lambda each: (counts[each], each)):
        if counts[term] and (not chosen or ranked + counts[term] <= MAX_RANKED):
            chosen[term] = wanted.weights[term]
            ranked += counts[term]
    return chosen


def _find_near(
    base_id: int, revision: int, question: str, found: list[int], limit: int
) -> dict[int, float]:
    """The nearest passages, and how near those are that words found."""
    encoder = find_encoder()
    matrix = find_matrix(base_id=base_id, revision=revision) if encoder else None
    if encoder is None or matrix is None:
        return {}
    [vector] = encoder.encode([question])
    return matrix.find_nearest(vector, limit=limit, also=found)


def _read(base_id: int, ids: set[int], now: datetime) -> dict[int, Passage]:
    """Those of the passages that may be shown now."""
    live = build_live(now=now, prefix="article__")
    rows = Passage.objects.filter(live, base_id=base_id, pk__in=ids).select_related("article")
    return {row.pk: row for row in rows.only(*_READ).order_by("pk")}


def _build_candidate(row: Passage, cosine: float | None) -> Candidate:
    return Candidate(
        pk=row.pk,
        article_id=row.article_id,
        language=row.language,
        title_terms=frozenset(build_terms(row.article.title, language=row.language)),
        terms=Counter(row.terms.split()),
        length=row.length,
        cosine=cosine,
    )
