"""Finds the passages of a set of articles that a question is about: BM25 in memory.

For small sets that are compared whole, as approved replies are; articles are searched by
`llm_bridge.knowledge`.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from math import log

from llm_bridge.lexicon import build_terms

# Robertson and Zaragoza, 'The Probabilistic Relevance Framework: BM25 and Beyond' (2009).
_K1 = 1.2
_B = 0.75
_TITLE_WEIGHT = 2
# A word no article has says less than a rare one: it may be a name, a number or a slip.
_UNKNOWN_WEIGHT = 0.7

_HEADING = re.compile(r"#{1,6}\s+(.*?)\s*#*$")
_LIST_ITEM = re.compile(r"\s*(?:[-*+]|\d+[.)])\s")


@dataclass(frozen=True, slots=True)
class Document:
    """One article as the index sees it."""

    article_id: int
    title: str
    url: str
    body: str


@dataclass(frozen=True, slots=True)
class Hit:
    """One article found: its relevance (1 and more: about every word) and its paragraphs, best
    first."""

    document: Document
    score: float
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Passage:
    document: Document
    position: int
    text: str
    terms: Counter[str]
    length: int


class Index:
    """An immutable index over documents; building it is the only costly step."""

    def __init__(self, documents: Iterable[Document]) -> None:
        passages = [each for document in documents for each in _build_passages(document)]
        self._passages = passages
        self._mean_length = sum(each.length for each in passages) / max(1, len(passages))
        self._postings: dict[str, list[int]] = defaultdict(list)
        for number, passage in enumerate(passages):
            for term in passage.terms:
                self._postings[term].append(number)
        self._titles = {
            each.document.article_id: frozenset(build_terms(each.document.title))
            for each in passages
        }

    def find(self, *, question: str, limit: int) -> tuple[Hit, ...]:
        """The best articles, most relevant first, without a threshold."""
        terms = sorted(set(build_terms(question)))
        scores: dict[int, float] = defaultdict(float)
        for term in terms:
            for number in self._postings.get(term, ()):
                scores[number] += self._weigh(term) * self._saturate(term, self._passages[number])
        by_article: dict[int, list[int]] = defaultdict(list)
        for number in sorted(scores, key=lambda each: (-scores[each], each)):
            by_article[self._passages[number].document.article_id].append(number)
        hits = [self._build_hit(terms, numbers) for numbers in by_article.values()]
        hits.sort(key=lambda hit: (-hit.score, hit.document.article_id))
        return tuple(hits[:limit])

    def measure_likeness(self, one: str, other: str) -> float:
        """How much of their weight two texts share, from 0 to 1: both say the same terms."""
        terms, others = set(build_terms(one)), set(build_terms(other))
        # Sorted: a sum of floats depends on its order.
        total = sum(map(self._weigh, sorted(terms | others)))
        shared = sum(map(self._weigh, sorted(terms & others)))
        return round(shared / total, 4) if total else 0.0

    def _build_hit(self, terms: list[str], numbers: list[int]) -> Hit:
        """Relevance: how much of the question's weight the article covers, its title counting."""
        passages = [self._passages[number] for number in numbers]
        document = passages[0].document
        total = sum(map(self._weigh, terms))
        best = sum(self._weigh(term) for term in terms if term in passages[0].terms)
        rest = set().union(*(passage.terms for passage in passages[1:])) - set(passages[0].terms)
        other = sum(self._weigh(term) for term in terms if term in rest)
        title = sum(
            self._weigh(term) for term in terms if term in self._titles[document.article_id]
        )
        relevance = (best + 0.5 * other + 0.5 * title) / total
        return Hit(
            document=document,
            score=round(relevance, 4),
            paragraphs=tuple(passage.text for passage in passages),
        )

    def _weigh(self, term: str) -> float:
        """The term's inverse document frequency."""
        count, found = len(self._passages), len(self._postings.get(term, ()))
        weight = log(1 + (count - found + 0.5) / (found + 0.5))
        return weight if found else weight * _UNKNOWN_WEIGHT

    def _saturate(self, term: str, passage: _Passage) -> float:
        frequency = passage.terms[term]
        norm = 1 - _B + _B * passage.length / self._mean_length
        return frequency * (_K1 + 1) / (frequency + _K1 * norm)


def _build_passages(document: Document) -> list[_Passage]:
    title = Counter(build_terms(document.title) * _TITLE_WEIGHT)
    passages = []
    for position, text in enumerate(split_paragraphs(document.body)):
        terms = build_terms(text)
        passages.append(
            _Passage(
                document=document,
                position=position,
                text=text,
                terms=Counter(terms) + title,
                # Title terms are in every passage: not counting them here favours short ones.
                length=max(1, len(terms) + title.total()),
            )
        )
    return passages


def split_paragraphs(body: str) -> list[str]:
    """Markdown paragraphs; a heading stays with what follows, a list with what precedes it."""
    paragraphs: list[str] = []
    heading = ""
    for block in re.split(r"\n\s*\n", body.replace("\r\n", "\n")):
        lines = [line.rstrip() for line in block.strip("\n").split("\n")]
        if found := _HEADING.match(lines[0]):
            heading, lines = f"**{found[1]}**\n", lines[1:]
        text = "\n".join(lines).strip()
        if not text:
            continue
        if paragraphs and not heading and _LIST_ITEM.match(text):
            paragraphs[-1] += f"\n{text}"
            continue
        paragraphs.append(heading + text)
        heading = ""
    return paragraphs
