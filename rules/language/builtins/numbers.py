"""Numbers written in digits, read by the language's own separators with Babel."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice

from babel.core import Locale
from babel.numbers import (
    NumberFormatError,
    get_group_symbol,
    parse_decimal,
)

from rules.language.builtins.kinds import MAX_CANDIDATES, Found
from rules.language.builtins.locales import find_locale
from rules.language.facts import MAX_INTEGER

_LONGEST = 30  # characters
_PLAIN = r"[0-9]+(?:[.,'][0-9]+)*"
_TOKEN = re.compile(_PLAIN)
_SPACED_TOKEN = re.compile(rf"[0-9]{{1,3}}(?: [0-9]{{3}}){{1,5}}(?:[.,][0-9]+)?(?![0-9])|{_PLAIN}")
_SPACES = ("\u202f", "\u00a0", " ")
# In these blocks words follow numbers without a space: `3個`, `5개`, `100บาท`.
_UNSPACED = (
    (0x0E00, 0x0EFF),
    (0x1000, 0x109F),
    (0x1780, 0x17FF),
    (0x2E80, 0xD7FF),
    (0xF900, 0xFAFF),
)


@dataclass(frozen=True, slots=True)
class Token:
    """Digits with separators between them, and their place."""

    text: str
    start: int
    end: int


def find_numbers(text: str, *, language: str) -> Iterator[Found]:
    """Numbers that stand alone: no part of a word, code, date or time."""
    locale = find_locale(language)
    for token in iterate_tokens(text, locale):
        sign = -1 if _has_minus(text, token) else 1
        start = token.start - (sign < 0)
        alone = not is_joined_before(text, start) and not is_joined_after(text, token.end)
        if alone and (value := read_number(token.text, locale)) is not None:
            yield Found(start=start, end=token.end, value=simplify(sign * value))


def iterate_tokens(text: str, locale: Locale) -> Iterator[Token]:
    """What may be a number: the first few dozen."""
    spaced = get_group_symbol(locale) in _SPACES
    tokens = (_SPACED_TOKEN if spaced else _TOKEN).finditer(text)
    for match in islice(tokens, MAX_CANDIDATES):
        yield Token(text=match[0], start=match.start(), end=match.end())


def _has_minus(text: str, token: Token) -> bool:
    before = text[max(0, token.start - 2) : token.start]
    return before.endswith("-") and (before == "-" or before[0] in " (\n\t")


def is_joined_before(text: str, start: int) -> bool:
    """Whether a number goes on to the left: `AB-12`, `x5`, `.5`."""
    before = text[max(0, start - 2) : start]
    return bool(before) and (
        is_word_part(before[-1]) or before[-1] in ".," or _is_bridge(before[-1], before[:-1])
    )


def is_joined_after(text: str, end: int) -> bool:
    """Whether a number goes on to the right: `5kg`, `10:30`."""
    after = text[end : end + 2]
    return bool(after) and (is_word_part(after[0]) or _is_bridge(after[0], after[1:]))


def is_word_part(character: str) -> bool:
    if not (character.isalnum() or character == "_"):
        return False
    code = ord(character)
    return not any(first <= code <= last for first, last in _UNSPACED)


def _is_bridge(sign: str, beyond: str) -> bool:
    """What makes one thing of two: `AB-12`, `10:30`, `1/2`, `1.2.3`."""
    return sign in "-/:.,'\\" and beyond.isalnum()


def read_number(text: str, locale: Locale) -> Decimal | None:
    """As the language writes it, else as it can only be meant; a code like `007` is none."""
    if len(text) > _LONGEST or (text[0] == "0" and text[1:2].isdigit()):
        return None
    value = _parse(text, locale)
    if value is None:
        readings = {_parse(text, Locale("en")), _parse(text, Locale("de"))} - {None}
        value = readings.pop() if len(readings) == 1 else None
    return value if value is not None and abs(value) <= MAX_INTEGER else None


def _parse(text: str, locale: Locale) -> Decimal | None:
    group = get_group_symbol(locale)
    if group in _SPACES:
        text = text.replace(" ", group)
    elif group == "\u2019":
        text = text.replace("'", group)
    try:
        return parse_decimal(text, locale=locale, strict=True)
    except NumberFormatError:
        return None


def simplify(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)
