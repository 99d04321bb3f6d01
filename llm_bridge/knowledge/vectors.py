"""What a text means, as a vector: static word vectors that the package `wordllama` ships.

Only the two files in that package are read, with NumPy and `tokenizers`; its own code, which
could download others, is never imported. The part is optional: without it search goes by words.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MODEL = "wordllama-l2-256"
DIMENSIONS = 256
# A question says what it is about early; a passage is shorter anyway.
MAX_CHARACTERS = 2_000

_NEEDED = ("numpy", "tokenizers", "wordllama")
_WEIGHTS = "weights/l2_supercat_256.safetensors"
_TOKENIZER = "tokenizers/l2_supercat_tokenizer_config.json"

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Encoder:
    """Texts to vectors; threads may share it."""

    tokenizer: Any
    weights: NDArray[np.float16]

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row a text, of length 1, or 0 for a text without a word."""
        import numpy as np

        rows = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        for row, text in enumerate(texts):
            encoding = self.tokenizer.encode(text[:MAX_CHARACTERS], add_special_tokens=False)
            if encoding.ids:
                rows[row] = self.weights[encoding.ids].mean(axis=0, dtype=np.float32)
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        np.divide(rows, lengths, out=rows, where=lengths > 0)
        return rows


@lru_cache(maxsize=1)
def find_encoder() -> Encoder | None:
    """The encoder, loaded once a process (0.2 s); None where its packages are not installed."""
    if not is_installed():
        logger.info("knowledge is searched by words only", extra={"missing": "wordllama"})
        return None
    from tokenizers import Tokenizer

    folder = _find_folder()
    return Encoder(
        tokenizer=Tokenizer.from_file(str(folder / _TOKENIZER)),
        weights=_read_weights(folder / _WEIGHTS),
    )


@lru_cache(maxsize=1)
def is_installed() -> bool:
    if any(find_spec(name) is None for name in _NEEDED):
        return False
    folder = _find_folder()
    return (folder / _WEIGHTS).is_file() and (folder / _TOKENIZER).is_file()


def _find_folder() -> Path:
    spec = find_spec("wordllama")
    assert spec is not None and spec.origin is not None  # noqa: S101, PT018 - asked before
    return Path(spec.origin).parent


def _read_weights(path: Path) -> NDArray[np.float16]:
    """The one table of a safetensors file, mapped: processes share its memory."""
    import numpy as np

    with path.open("rb") as file:
        size = int.from_bytes(file.read(8), "little")
        [table] = (each for each in json.loads(file.read(size)).values() if "shape" in each)
    rows, columns = table["shape"]
    offset = 8 + size + table["data_offsets"][0]
    return np.memmap(path, dtype="<f2", mode="r", offset=offset, shape=(rows, columns))
