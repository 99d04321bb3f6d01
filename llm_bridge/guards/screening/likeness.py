"""How much a question is like known orders to a model: a linear model over hashed n-grams.

Its weights are a file of the project, made by `python -m benchmarks.guards.screening_weights`; no
text can be read back from them.
"""

from __future__ import annotations

import re
from functools import lru_cache
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
    grams.update(f"2{one} {two}" for one, two in zip(words, words[1:], strict=False))
    grams.update(line[at : at + 4] for at in range(len(line) - 3))
    return frozenset(crc32(gram.encode("utf-8", "replace")) % BUCKETS for gram in grams)


def measure_likeness(plain: str) -> float:
    """The log-odds that a plain text is an order to the model; of a long one its worst part."""
    return max(map(_measure, _cut(plain[:MAX_LENGTH])))


def _cut(plain: str) -> list[str]:
    if len(plain) <= WINDOW:
        return [plain]
    return [plain, *(plain[at : at + WINDOW] for at in range(0, len(plain) - STEP, STEP))]


def _measure(plain: str) -> float:
    weights, scale, constant = _read_weights()
    features = build_features(plain)
    total = sum(weights[feature] for feature in features)
    return constant + scale * total / max(1.0, len(features) ** 0.5)


@lru_cache(maxsize=1)
def _read_weights() -> tuple[memoryview, float, float]:
    content = FILE.read_bytes()
    scale, constant = float(content[:8]), float(content[8:HEADER])
    return memoryview(content)[HEADER:].cast("b"), scale, constant
