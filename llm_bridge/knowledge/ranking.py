"""Ranks passages by words and by meaning, joins both rankings, and says how relevant each is.

Everything here is a pure function of what the database and the vectors found.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import Literal

# Robertson and Zaragoza, 'The Probabilistic Relevance Framework: BM25 and Beyond' (2009).
_K1 = 1.2
_B = 0.75
# A word no article has says less than a rare one: it may be a name, a number or a slip.
_UNKNOWN_WEIGHT = 0.7
# Cormack, Clarke and Büttcher, 'Reciprocal Rank Fusion' (2009).
_FUSION = 60
# Of an article's passages the one that says it in the question's words is mostly the one to quote.
_WORDS_SAY = 2
# Chosen so that the thresholds in `sources` mean the same with and without vectors.
_WORDS_SHARE = 0.3
_MEANING_SHARE = 1.15
_BEND, _SLOPE = 0.45, 0.6

# Both ways of searching, or one alone to measure it.
Way = Literal["fused", "words", "vectors"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that words or vectors found."""

    pk: int
    article_id: int
    language: str
    title_terms: frozenset[str]
    terms: Counter[str]
    length: int
    cosine: float | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A question's terms with their weights, in one language of the base."""

    weights: Mapping[str, float]
    mean_length: float

    @property
    def total(self) -> float:
        return sum(self.weights.values())


@dataclass(frozen=True, slots=True)
class Hit:
    """An article found: its passages, best first, how much of the question's weight it covers
    and how near the nearest passage is (None without vectors)."""

    article_id: int
    language: str
    passages: tuple[int, ...]
    coverage: float
    cosine: float | None
    # How much its best passage says of what was asked, if it has all of the words; else 0.
    exactness: float = 0.0

    @property
    def score(self) -> float:
        """Relevance from 0 to 1."""
        return build_score(coverage=self.coverage, cosine=self.cosine)


def build_weights(*, counts: Mapping[str, int], passages: int) -> dict[str, float]:
    """Each term's inverse document frequency."""
    weights = {}
    for term, found in counts.items():
        weight = log(1 + (passages - found + 0.5) / (found + 0.5))
        weights[term] = weight if found else weight * _UNKNOWN_WEIGHT
    return weights


def build_score(*, coverage: float, cosine: float | None) -> float:
    """Relevance from 0 to 1; without vectors it is what the words cover."""
    covered = min(1.0, coverage)
    if cosine is None:
        return round(covered, 4)
    joined = _WORDS_SHARE * covered + _MEANING_SHARE * max(0.0, cosine)
    if joined > _BEND:
        joined = _BEND + (joined - _BEND) * _SLOPE
    return round(min(1.0, joined), 4)


def rank(
    candidates: Sequence[Candidate], *, wanted: Mapping[str, Wanted], by: Way = "fused"
) -> list[Hit]:
    """The articles, best first, without a threshold: those with a passage that has all of the
    question's words, then by relevance. Both rankings together say which passage is the best."""
    worded, near = _rank_by_words(candidates, wanted), _rank_near(candidates)
    rankings = {
        "fused": [(_WORDS_SAY, worded), (1, near)],
        "words": [(1, worded)],
        "vectors": [(1, near)],
    }
    by_article: dict[int, list[Candidate]] = defaultdict(list)
    for each in _fuse(rankings[by]):
        by_article[each.article_id].append(each)
    hits = [_build_hit(group, wanted[group[0].language]) for group in by_article.values()]
    if by == "vectors":
        return sorted(hits, key=lambda hit: -(hit.cosine or 0.0))
    return sorted(hits, key=lambda hit: (-hit.exactness, -hit.score))


def _rank_by_words(
    candidates: Sequence[Candidate], wanted: Mapping[str, Wanted]
) -> list[Candidate]:
    points = {each.pk: _weigh(each, wanted[each.language]) for each in candidates}
    told = [each for each in candidates if points[each.pk] > 0]
    return sorted(told, key=lambda each: (-points[each.pk], each.pk))


def _rank_near(candidates: Sequence[Candidate]) -> list[Candidate]:
    near = [each for each in candidates if each.cosine is not None]
    return sorted(near, key=lambda each: (-(each.cosine or 0.0), each.pk))


def _fuse(rankings: Sequence[tuple[int, Sequence[Candidate]]]) -> list[Candidate]:
    points: dict[int, float] = defaultdict(float)
    found: dict[int, Candidate] = {}
    for weight, ranking in rankings:
        for place, each in enumerate(ranking, start=1):
            points[each.pk] += weight / (_FUSION + place)
            found[each.pk] = each
    return sorted(found.values(), key=lambda each: (-points[each.pk], each.pk))


def _weigh(candidate: Candidate, wanted: Wanted) -> float:
    """BM25."""
    norm = _K1 * (1 - _B + _B * candidate.length / max(1.0, wanted.mean_length))
    return sum(
        weight * candidate.terms[term] * (_K1 + 1) / (candidate.terms[term] + norm)
        for term, weight in wanted.weights.items()
        if term in candidate.terms
    )


def _build_hit(passages: Sequence[Candidate], wanted: Wanted) -> Hit:
    cosines = [each.cosine for each in passages if each.cosine is not None]
    return Hit(
        article_id=passages[0].article_id,
        language=passages[0].language,
        passages=tuple(each.pk for each in passages),
        coverage=_cover(passages, wanted),
        cosine=max(cosines, default=None),
        exactness=_weigh(passages[0], wanted) if _has_all(passages[0], wanted) else 0.0,
    )


def _has_all(passage: Candidate, wanted: Wanted) -> bool:
    """Whether it has every one of several words: then no other is nearer."""
    return len(wanted.weights) > 1 and all(term in passage.terms for term in wanted.weights)


def _cover(passages: Sequence[Candidate], wanted: Wanted) -> float:
    """How much of the question's weight the article has, its title counting again."""
    best = set(passages[0].terms)
    rest = set().union(*(each.terms for each in passages[1:])) - best
    told = sum(
        weight * ((term in best) + 0.5 * (term in rest) + 0.5 * (term in passages[0].title_terms))
        for term, weight in wanted.weights.items()
    )
    return told / wanted.total if wanted.total else 0.0
