"""How rare words are in a base: asked of the database once, until an article changes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Avg, Count

from llm_bridge.knowledge.fulltext import count_passages
from llm_bridge.knowledge.tables import Passage

MAX_BASES = 64
MAX_TERMS = 20_000


@dataclass(frozen=True, slots=True)
class Collection:
    """The passages of one base in one language: how many, and how many terms they have."""

    passages: int
    mean_length: float


@dataclass(slots=True)
class Frequencies:
    """What is known of one base at one revision; threads may share it."""

    base_id: int
    revision: int
    languages: dict[str, Collection]
    _counts: dict[tuple[str, str], int] = field(default_factory=dict)

    def count(self, *, language: str, terms: Sequence[str]) -> dict[str, int]:
        """In how many passages each of the terms is."""
        unknown = [term for term in terms if (language, term) not in self._counts]
        if len(self._counts) > MAX_TERMS:
            self._counts.clear()
            unknown = list(terms)
        found = count_passages(base_id=self.base_id, language=language, terms=unknown)
        self._counts |= {(language, term): number for term, number in found.items()}
        return {term: self._counts.get((language, term), 0) for term in terms}


_known: OrderedDict[int, Frequencies] = OrderedDict()
_lock = threading.Lock()


def get_frequencies(*, base_id: int, revision: int) -> Frequencies:
    known = _known.get(base_id)
    if known is None or known.revision != revision:
        known = _build(base_id, revision)
    with _lock:
        _known[base_id] = known
        _known.move_to_end(base_id)
        while len(_known) > MAX_BASES:
            _known.popitem(last=False)
    return known


def _build(base_id: int, revision: int) -> Frequencies:
    rows = (
        Passage.objects.filter(base_id=base_id)
        .order_by()
        .values("language")
        .annotate(passages=Count("pk"), mean=Avg("length"))
    )
    languages = {
        row["language"]: Collection(passages=row["passages"], mean_length=row["mean"])
        for row in rows
    }
    return Frequencies(base_id=base_id, revision=revision, languages=languages)
