"""The vectors of a base's passages in memory, and the passages nearest to a question's.

Vectors are immutable but for their row's `revision`, so after an edit only what changed is read.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from llm_bridge.knowledge.tables import Passage
from llm_bridge.knowledge.vectors import DIMENSIONS, MODEL

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Vectors that a process keeps, of all bases together: 1 KB each, so 100 MB at most. A base that
# has more by itself is searched by words alone.
MAX_VECTORS = 100_000


@dataclass(frozen=True, slots=True)
class Matrix:
    """The ids of passages and their vectors, row by row; immutable."""

    revision: int
    ids: NDArray[np.int64]
    rows: NDArray[np.float32]

    def find_nearest(
        self, vector: NDArray[np.float32], *, limit: int, also: Sequence[int] = ()
    ) -> dict[int, float]:
        """The nearest ids, and those asked for by name, with their cosines; a row since deleted
        may be among them."""
        import numpy as np

        if not len(self.ids) or not vector.any():
            return {}
        cosines = self.rows @ vector
        count = min(limit, len(cosines))
        chosen = np.argpartition(-cosines, count - 1)[:count]
        if also:
            chosen = np.union1d(chosen, np.flatnonzero(np.isin(self.ids, also)))
        return {int(self.ids[at]): float(cosines[at]) for at in chosen}


_kept: OrderedDict[int, Matrix] = OrderedDict()
_lock = threading.Lock()


def find_matrix(*, base_id: int, revision: int) -> Matrix | None:
    """The base's vectors as of the revision; None for a base with more than fit."""
    with _lock:
        matrix = _kept.get(base_id)
    if matrix is None or matrix.revision != revision:
        is_older = matrix is not None and matrix.revision < revision
        matrix = _read(base_id, revision, matrix if is_older else None)
    if len(matrix.ids) > MAX_VECTORS:
        return None
    with _lock:
        _kept[base_id] = matrix
        _kept.move_to_end(base_id)
        while sum(len(each.ids) for each in _kept.values()) > MAX_VECTORS:
            _kept.popitem(last=False)
    return matrix


def _read(base_id: int, revision: int, before: Matrix | None) -> Matrix:
    """All vectors, or those written since with what was known before."""
    import numpy as np

    since = before.revision if before else -1
    rows = Passage.objects.filter(base_id=base_id, vector_model=MODEL, revision__gt=since)
    found = list(rows.order_by("pk").values_list("pk", "vector")[: MAX_VECTORS + 1])
    ids = np.array([pk for pk, _ in found], dtype=np.int64)
    packed = b"".join(bytes(vector or b"") for _, vector in found)
    vectors = np.frombuffer(packed, dtype="<f2").reshape(-1, DIMENSIONS).astype(np.float32)
    if before is not None:
        alive = Passage.objects.filter(base_id=base_id).values_list("pk", flat=True)
        kept = np.isin(before.ids, np.fromiter(alive, dtype=np.int64)) & ~np.isin(before.ids, ids)
        ids = np.concatenate([before.ids[kept], ids])
        vectors = np.concatenate([before.rows[kept], vectors])
    return Matrix(revision=revision, ids=ids, rows=vectors)
