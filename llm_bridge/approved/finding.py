"""Which approved reply a question has, by its own words or words that say the same; and which
are near enough to be examples for a model.

Deterministic: the same rows, question, language and moment give the same reply.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max

from llm_bridge.approved.tables import ApprovedReply
from llm_bridge.cache.keys import normalise
from llm_bridge.lexicon import build_particles, build_terms
from llm_bridge.search import Document, Index
from llm_bridge.values import Source

# Measured in tests/llm_bridge/approved/test_likeness.py on questions in and out of scope.
ALIKE = 0.8
# Near enough to show a model how such questions are answered; it may leave it aside.
NEAR = 0.5
MAX_EXAMPLES = 2
# One term alone is a subject, no question.
MIN_TERMS = 2
MAX_CANDIDATES = 20
MAX_CACHED_BASES = 64

_Version = tuple[int, int, datetime | None]


@dataclass(frozen=True, slots=True)
class Approved:
    """A reply to give word for word; `question` is the approved one that it was found by.

    `likeness` is 1.0 where that says the same words.
    """

    id: int
    text: str
    question: str
    likeness: float
    is_exact: bool


@dataclass(frozen=True, slots=True)
class _Entry:
    """One question of one reply."""

    question: str
    reply: ApprovedReply


class _Shelf:
    """A base's enabled replies, ready to be searched; it never changes."""

    def __init__(self, rows: Iterable[ApprovedReply]) -> None:
        self.entries = [_Entry(question, row) for row in rows for question in row.questions]
        self.by_words: dict[str, list[_Entry]] = defaultdict(list)
        for entry in self.entries:
            self.by_words[normalise(entry.question)].append(entry)
        self.index = Index(
            Document(article_id=number, title="", url="", body=" ".join(entry.question.split()))
            for number, entry in enumerate(self.entries)
        )


_shelves: dict[int, tuple[_Version, _Shelf]] = {}


def find_reply(*, base_id: int, question: str, language: str, now: datetime) -> Approved | None:
    """The enabled reply that is valid now in this language (or in any) and answers the question.

    Of several with the same words, one in just this language goes before one for all, one for a
    time before one for always, and the newer before the older.
    """
    shelf = _get_shelf(base_id)
    same = shelf.by_words.get(normalise(question), [])
    if fitting := _choose(same, language, now):
        return _build(fitting, 1.0, is_exact=True)
    for likeness, alike in _find_alike(shelf, question):
        if fitting := _choose(alike, language, now):
            return _build(fitting, likeness, is_exact=False)
    return None


def find_examples(
    *, base_id: int, question: str, language: str, now: datetime
) -> tuple[Source, ...]:
    """The replies that hold now to the nearest questions, the nearest first: for a model, as
    sources of its answer. None is given to a visitor by this."""
    shelf = _get_shelf(base_id)
    nearest: dict[int, Source] = {}
    for hit in shelf.index.find(question=question, limit=MAX_CANDIDATES):
        asked = shelf.entries[hit.document.article_id].question
        likeness = shelf.index.measure_likeness(question, asked)
        entry = _choose(shelf.by_words[normalise(asked)], language, now)
        if entry is None or not _is_near(question, asked, likeness):
            continue
        known = nearest.get(entry.reply.pk)
        if known is None or known.score < likeness:
            nearest[entry.reply.pk] = _build_source(entry, likeness)
    ranked = sorted(nearest.values(), key=lambda each: (-each.score, each.article_id))
    return tuple(ranked[:MAX_EXAMPLES])


def is_alike(one: str, other: str, *, likeness: float) -> bool:
    """Whether two questions ask the same: nearly the same terms in the same order, and all the
    little words that turn a question alike (how, when, not, before, your)."""
    if likeness < ALIKE or build_particles(one) != build_particles(other):
        return False
    terms, others = build_terms(one), build_terms(other)
    shared = set(terms) & set(others)
    is_same_order = [t for t in terms if t in shared] == [t for t in others if t in shared]
    return is_same_order and len(set(terms)) >= MIN_TERMS <= len(set(others))


def _is_near(one: str, other: str, likeness: float) -> bool:
    shared = set(build_terms(one)).intersection(build_terms(other))
    return likeness >= NEAR and len(shared) >= MIN_TERMS


def _find_alike(shelf: _Shelf, question: str) -> Iterator[tuple[float, list[_Entry]]]:
    """Groups of equal likeness, the most alike first."""
    groups: dict[float, list[_Entry]] = defaultdict(list)
    for hit in shelf.index.find(question=question, limit=MAX_CANDIDATES):
        entry = shelf.entries[hit.document.article_id]
        likeness = shelf.index.measure_likeness(question, entry.question)
        if is_alike(question, entry.question, likeness=likeness):
            groups[likeness].append(entry)
    for likeness in sorted(groups, reverse=True):
        yield likeness, groups[likeness]


def _choose(entries: Sequence[_Entry], language: str, now: datetime) -> _Entry | None:
    fitting = [each for each in entries if _is_valid(each.reply, language, now)]
    return max(fitting, key=_rank, default=None)


def _is_valid(reply: ApprovedReply, language: str, now: datetime) -> bool:
    is_time = (reply.valid_from is None or reply.valid_from <= now) and (
        reply.valid_until is None or now < reply.valid_until
    )
    return is_time and _get_main(reply.language) in {"", _get_main(language)}


def _get_main(language: str) -> str:
    """`pt` of `pt-BR`."""
    return language.replace("_", "-").split("-")[0].casefold()


def _rank(entry: _Entry) -> tuple[bool, bool, int]:
    reply = entry.reply
    return bool(reply.language), bool(reply.valid_from or reply.valid_until), reply.pk


def _build(entry: _Entry, likeness: float, *, is_exact: bool) -> Approved:
    reply = entry.reply
    return Approved(reply.pk, reply.text, entry.question, likeness, is_exact)


def _build_source(entry: _Entry, likeness: float) -> Source:
    return Source(
        title=f"Approved answer to: {entry.question}",
        url="",
        text=entry.reply.text,
        score=likeness,
        article_id=entry.reply.pk,
        kind="reply",
    )


def _get_shelf(base_id: int) -> _Shelf:
    """Built anew when a reply was added, edited, removed or switched."""
    version = _find_version(base_id)
    cached = _shelves.get(base_id)
    if cached and cached[0] == version:
        return cached[1]
    rows = ApprovedReply.objects.filter(base_id=base_id, enabled=True).order_by("pk")
    shelf = _Shelf(rows)
    if len(_shelves) >= MAX_CACHED_BASES:
        _shelves.clear()
    _shelves[base_id] = (version, shelf)
    return shelf


def _find_version(base_id: int) -> _Version:
    row = ApprovedReply.objects.filter(base_id=base_id, enabled=True).aggregate(
        count=Count("pk"), newest=Max("pk"), updated=Max("updated_at")
    )
    return row["count"], row["newest"] or 0, row["updated"]
