"""Words: how any text, a customer's or a phrase's, becomes the words that are compared."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import re2

MAX_MESSAGE = 2_000  # characters; a longer message is never evaluated

# Scripts written without spaces: a character is as much of a word as can be known.
_UNSPACED = re2.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]", re2.Options()
)


class _WordTable(dict[int, str]):
    """What each code point of a normalised text turns into, decided when first met."""

    def __missing__(self, code: int) -> str:
        self[code] = replacement = _build_replacement(chr(code))
        return replacement


def _build_replacement(character: str) -> str:
    if character.isascii():
        return character.lower() if character.isalnum() or character == "_" else " "
    category = unicodedata.category(character)
    if category[0] in "LMN" and _UNSPACED.search(character):
        return f" {character} "
    return character if category[0] in "LM" or category == "Nd" else " "


_WORDS = _WordTable()
_SURROGATE = re.compile("[\ud800-\udfff]")


def fold(text: str) -> str:
    """NFKC, casefold, NFKC: ASCII needs only its case folded, which the table does."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def normalise(text: str) -> str:
    """The words of a text with one space between: what is equal here is the same to rules."""
    return " ".join(split_words(text))


def split_words(text: str) -> list[str]:
    """The words of a text, in order."""
    return fold(text).translate(_WORDS).split()


def pad(words: list[str] | tuple[str, ...]) -> str:
    """Words with a space on both sides of each, so that a substring is whole words."""
    return f" {' '.join(words)} "


def replace_surrogates(text: str) -> str:
    """The same text, lone surrogates (which no encoding has) made U+FFFD, one for one."""
    if text.isascii():
        return text
    return _SURROGATE.sub("\ufffd", text)


@dataclass(frozen=True, slots=True)
class WordSpan:
    """A word and where it stands in the text as written."""

    word: str
    start: int
    end: int


def find_word_spans(text: str) -> list[WordSpan]:
    """`split_words` with positions: slow, for explanations only."""
    characters = [
        (character, start, end)
        for start, end in _find_clusters(text)
        for character in fold(text[start:end]).translate(_WORDS)
    ]
    spans = list(_join_words(characters))
    words = split_words(text)
    if [span.word for span in spans] == words:
        return spans
    # Normalising did not split as expected: point at the whole text rather than lie.
    return [WordSpan(word=word, start=0, end=len(text)) for word in words]


def _find_clusters(text: str) -> Iterator[tuple[int, int]]:
    """The smallest stretches that normalise on their own as they do in the text."""
    start = 0
    for position in range(1, len(text)):
        before, character = text[start:position], text[position]
        apart = fold(before) + fold(character)
        if not unicodedata.combining(character) and fold(before + character) == apart:
            yield start, position
            start = position
    if text:
        yield start, len(text)


def _join_words(characters: list[tuple[str, int, int]]) -> Iterator[WordSpan]:
    word, first, last = "", 0, 0
    for character, start, end in [*characters, (" ", 0, 0)]:
        if character != " ":
            first = first if word else start
            word, last = word + character, end
        elif word:
            yield WordSpan(word=word, start=first, end=last)
            word = ""
