"""Words, fast: what `split_words` gives, by a shorter way where the text allows it."""

import re

from rules.language.text import split_words

# Characters that normalising only folds, and that Python takes for letters or digits exactly
# where we do: none of them joins with its neighbour. ASCII, Latin, Greek, Cyrillic, Hebrew,
# Arabic, dashes, quotes and the euro.
_PLAIN = re.compile(
    "[\x00-\x9f\xa1-\xa7\xa9\xab-\xae\xb0\xb1\xb6\xb7\xbb\xbf-\u012f\u0131\u0134-\u013e"
    "\u0141-\u0148\u014a-\u017e\u0391-\u03a1\u03a3-\u03a9\u03b1-\u03c9\u0400-\u0481"
    "\u05d0-\u05ea\u060c\u061b\u061f\u0620-\u064a\u0660-\u0669"
    "\u2010\u2012-\u2016\u2018-\u201f\u20ac]*"
)
_WORD = re.compile(r"\w+")
_COMMON = ",.!?'-"  # whatever else separates takes a little longer


def find_words(text: str) -> list[str]:
    """The words of a text, in order."""
    if text.isascii() or not _PLAIN.fullmatch(text):
        return split_words(text)
    folded = spaced = text.casefold()
    for mark in _COMMON:
        spaced = spaced.replace(mark, " ")
    words = spaced.split()
    return words if "".join(words).isalnum() else _WORD.findall(folded)
