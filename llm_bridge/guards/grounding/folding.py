"""Text as it is compared: one form of each character, small, without accents and emphasis."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_EMPHASIS = re.compile(r"\*+|`+|__")
_MAIL = re.compile(r"(?i)\be-mail")  # one word, whose e is no "and"
_NARROW = str.maketrans(
    {"’": "'", "‘": "'", "ʼ": "'", "–": "-", "—": " - ", "−": "-", "‑": "-", "ß": "ss"}
)


@lru_cache(maxsize=4_096)
def clean(text: str) -> str:
    """Without emphasis; digits, dashes and spaces of every script in their plain form."""
    plain = unicodedata.normalize("NFKC", text).translate(_NARROW)
    digits = "".join(_to_digit(c) if not c.isascii() and c.isdecimal() else c for c in plain)
    return _MAIL.sub("email", _EMPHASIS.sub("", digits))


@lru_cache(maxsize=16_384)
def fold(text: str) -> str:
    """Small letters without accents: `Überweisung` is `uberweisung`."""
    text = text.casefold()
    if text.isascii():
        return text
    parts = unicodedata.normalize("NFD", text)
    kept = "".join(c for c in parts if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", kept)


def _to_digit(character: str) -> str:
    return str(unicodedata.decimal(character))
