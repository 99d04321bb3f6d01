"""Words, fast: what `split_words` gives, by a shorter way where the text allows it."""

import re

from rules.language.text import split_words

# Folded characters that nothing but folding made of what was written, none of which joins with
# its neighbour, and which are of words for Python exactly where they are for us: Latin, Greek,
# Cyrillic, Hebrew, Arabic, digits.
_LETTERS = (
    "0-9_a-z\xdf-\xf6\xf8-\u012f\u0131\u0134-\u013e\u0141-\u0148\u014a-\u017e"
    "\u03b1-\u03c1\u03c3-\u03c9\u0430-\u0481\u05d0-\u05ea\u0620-\u064a\u0660-\u0669"
)
# The same with what separates: the rest of ASCII, signs, dashes, quotes and the euro.
_SIGNS = (
    "\x00-\x9f\xa1-\xa7\xa9\xab-\xae\xb0\xb1\xb6\xb7\xbb\xbf\xd7\xf7\u060c\u061b\u061f"
    "\u2010\u2012-\u2016\u2018-\u201f\u20ac"
)
_ALL_WORDS = re.compile(f"[{_LETTERS} ]*")
_PLAIN = re.compile(f"[{_LETTERS}{_SIGNS}]*")
_WORD = re.compile(r"\w+")
_ASCII = bytes(
    code if chr(code).isalnum() or chr(code) == "_" else ord(" ") for code in range(128)
).ljust(256)


def find_words(text: str, folded: str) -> list[str]:
    """The words of a text, in order; `folded` is the text casefolded."""
    if folded.isascii():
        return folded.encode().translate(_ASCII).decode().split()
    spaced = folded.replace(",", " ").replace(".", " ").replace("!", " ").replace("?", " ")
    spaced = spaced.replace("'", " ").replace("-", " ")
    if _ALL_WORDS.fullmatch(spaced):
        return spaced.split()
    # What else separates takes a little longer, and what does more than separate much longer.
    return _WORD.findall(folded) if _PLAIN.fullmatch(folded) else split_words(text)
