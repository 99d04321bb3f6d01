"""A text in plainer characters, with the way back to the text as written.

Digits of every script become 0–9, full-width signs and the many dashes, quotes and spaces the
common ones; accents join their letters; invisible marks of direction go. Unlike NFKC this never
makes a number of `5²`.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

from rules.language.text import replace_surrogates

_SIGNS = {
    **dict.fromkeys(map(ord, "\u2018\u2019\u02bc\u00b4"), "'"),
    **dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212"), "-"),
    ord("\u066b"): ".",  # Arabic decimal and thousands separators
    ord("\u066c"): ",",
}


@dataclass(frozen=True, slots=True)
class PlainText:
    """`starts[i]` and `ends[i]`: what the character at i stands for in the text as written."""

    text: str
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)

    def locate(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the text as written; of ASCII it is the same."""
        return (self.starts[start], self.ends[end - 1]) if self.starts else (start, end)


def build_plain_text(text: str) -> PlainText:
    if text.isascii():
        return PlainText(text=text)
    characters = [
        (plain, start, end)
        for start, end in _find_clusters(replace_surrogates(text))
        for plain in _simplify(text[start:end])
    ]
    return PlainText(
        text="".join(plain for plain, _, _ in characters),
        starts=[start for _, start, _ in characters],
        ends=[end for _, _, end in characters],
    )


def _find_clusters(text: str) -> Iterator[tuple[int, int]]:
    """Each character with the marks that combine with it."""
    start = 0
    for position in range(1, len(text)):
        if not unicodedata.combining(text[position]):
            yield start, position
            start = position
    yield start, len(text)


def _simplify(cluster: str) -> str:
    composed = cluster if len(cluster) == 1 else unicodedata.normalize("NFC", cluster)
    return composed.translate(_PLAIN)


class _PlainTable(dict[int, str]):
    """What each code point turns into, decided when first met."""

    def __missing__(self, code: int) -> str:
        self[code] = plain = _simplify_character(code)
        return plain


_PLAIN = _PlainTable()


def _simplify_character(code: int) -> str:
    character = chr(code)
    if 0xFF01 <= code <= 0xFF5E:  # full width
        return chr(code - 0xFEE0)
    if (sign := _SIGNS.get(code)) is not None:
        return sign
    digit = unicodedata.decimal(character, None)
    if digit is not None:
        return str(digit)
    return {"Zs": " ", "Cf": ""}.get(unicodedata.category(character), character)
