"""Looking for a lazy built-in: a cheap test first, then the library that knows the kind.

The libraries are imported when first needed: together they take a third of a second and 30 MB.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from itertools import islice

import re2

from rules.language.builtins.day_words import may_name_day
from rules.language.builtins.kinds import MAX_FOUND, Builtin, Found
from rules.language.builtins.plain_text import PlainText, build_plain_text
from rules.language.text import MAX_MESSAGE, replace_surrogates

_DIGIT = re.compile(r"\d")  # of any script
_SIX_DIGITS = re.compile(r"\d(?:\W{0,5}\d){5}")
_PRICED_DIGIT = re2.compile(
    r"\p{Nd}[\s\p{Z}\p{Cf}]{0,3}[\p{L}\p{Sc}]|[\p{L}\p{Sc}.][\s\p{Z}\p{Cf}]{0,3}\p{Nd}"
)


def may_hold(kind: Builtin, text: str) -> bool:
    """The cheap test: a text that fails it holds nothing of the kind, whatever a library says.

    A number needs a digit, a phone number six with little between them, money a digit beside
    a letter or a currency sign, a date a digit or a word for a day.
    """
    if _DIGIT.search(text) is None:
        return kind == "date" and may_name_day(text)
    if kind == "phone":
        return _SIX_DIGITS.search(text) is not None
    return kind != "money" or _PRICED_DIGIT.search(replace_surrogates(text)) is not None


def find_builtin(
    kind: Builtin, text: str, *, language: str, today: date | None
) -> tuple[Found, ...]:
    """What a text holds of a kind, from left to right. Never raises, whatever the text.

    `language` is a tag like `de` or `de-AT`; without `today` only complete dates count.
    """
    if len(text) > MAX_MESSAGE or not may_hold(kind, text):
        return ()
    plain = build_plain_text(text)
    found = _FINDERS[kind](plain, language, today)
    return tuple(islice((_place(plain, each) for each in found), MAX_FOUND))


def _place(plain: PlainText, found: Found) -> Found:
    """The same, by positions in the text as written."""
    start, end = plain.locate(found.start, found.end)
    return replace(found, start=start, end=end)


def _find_dates(plain: PlainText, language: str, today: date | None) -> Iterator[Found]:
    from rules.language.builtins.dates import find_dates

    return find_dates(plain.text, language=language, today=today)


def _find_money(plain: PlainText, language: str, _: date | None) -> Iterator[Found]:
    from rules.language.builtins.money import find_money

    return find_money(plain.text, language=language)


def _find_numbers(plain: PlainText, language: str, _: date | None) -> Iterator[Found]:
    from rules.language.builtins.numbers import find_numbers

    return find_numbers(plain.text, language=language)


def _find_phones(plain: PlainText, language: str, _: date | None) -> Iterator[Found]:
    from rules.language.builtins.phones import find_phones

    return find_phones(plain.text, language=language)


_FINDERS: dict[Builtin, Callable[[PlainText, str, date | None], Iterator[Found]]] = {
    "date": _find_dates,
    "money": _find_money,
    "number": _find_numbers,
    "phone": _find_phones,
}
