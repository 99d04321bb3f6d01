"""How much a question is like known orders to a model: a linear model over hashed n-grams.

Its weights are a file of the project, made by `python -m benchmarks.guards.screening_weights`; no
text can be read back from them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from zlib import crc32

BUCKETS = 1 << 15
FILE = Path(__file__).with_name("weights.bin")
# The first bytes of the file: eight each for the scale of the weights and the constant.
HEADER = 16
# How much of a long text is looked at as one, and how far the next part begins after it.
WINDOW, STEP = 400, 200
MAX_LENGTH = 2_000
_WORD = re.compile(r"\w+")


def build_features(plain: str) -> frozenset[int]:
    """Buckets of words, neighbouring words, and four letters in a row of a plain text."""
    words = _WORD.findall(plain)
    line = f" {' '.join(words)} "
    grams = {f"1{word}" for word in words}
    grams.update(f"2{one} {two}" for one, two in pairwise(words))
    grams.update(line[at : at + 4] for at in range(len(line) - 3))
    return frozenset(crc32(gram.encode("utf-8", "replace")) % BUCKETS for gram in grams)


@dataclass(frozen=True, slots=True)
class Weights:
    """What each bucket says, before scaling, and what is said of an empty text."""

    numbers: Sequence[float]
    scale: float
    constant: float

    def measure(self, features: Collection[int]) -> float:
        total = sum([self.numbers[feature] for feature in features])
        return self.constant + self.scale * total / max(1.0, math.sqrt(len(features)))


def measure_likeness(plain: str, weights: Weights | None = None) -> float:
    """The log-odds that a plain text is an order to the model; of a long one its worst part."""
    weights = weights or read_weights()
    return max(weights.measure(build_features(part)) for part in _cut(plain[:MAX_LENGTH]))


def _cut(plain: str) -> list[str]:
    if len(plain) <= WINDOW:
        return [plain]
    return [plain, *(plain[at : at + WINDOW] for at in range(0, len(plain) - STEP, STEP))]


@lru_cache(maxsize=1)
def read_weights() -> Weights:
    content = FILE.read_bytes()
    numbers = memoryview(content)[HEADER:].cast("b")
    return Weights(numbers.tolist(), float(content[:8]), float(content[8:HEADER]))
