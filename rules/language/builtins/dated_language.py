"""How one language writes dates: its order of figures, its months, units and words for days.

The words are dateparser's own (from CLDR), the order is Babel's.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from dateparser.languages.loader import default_loader

from rules.language.builtins.day_words import GLUED, get_day_words
from rules.language.builtins.locales import find_locale, get_main_language

_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august",
           "september", "october", "november", "december")  # fmt: skip
_MONTH_FIRST = ("en", "hu", "lt", "lv")
_NO_MONTHS = {"set", "ara", "sept"}  # short for a month, but first of all another word
_NUMBER = r"(\d++[.,]?\d*+)"  # how dateparser writes "a number" in its expressions
_CACHED = 64  # languages: visitors name them

# A day's figure with its ending: `3rd`, `1er`, `24.`, `1º`.
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|\.|º|ª|°|-?го|-?е|:s|\.?\s?päivänä)?"
_YEAR = r"(?:,?\s{1,2}(?:(?:de|del|d'|of|г)\s)?(?P<year>\d{4})(?!\w)(?![.,:]\d))?"
_LINK = r"(?:\s?(?:of|de|di|d'|den|the|ב|،)?\s{0,2}|-)"


@dataclass(frozen=True, slots=True)
class DatedLanguage:
    """Patterns of what looks like a date; None where the language has no such form."""

    code: str
    order: Literal["DM", "MD"] | None
    is_dotted: bool  # 24.12. is a date
    day_month: re.Pattern[str] | None = None
    month_day: re.Pattern[str] | None = None
    word: re.Pattern[str] | None = None
    distance: re.Pattern[str] | None = None


@lru_cache(maxsize=_CACHED)
def find_dated_language(language: str) -> DatedLanguage:
    """Of a tag; a language that dateparser does not know has dates in figures only."""
    code = get_main_language(language)
    pattern = _find_short_pattern(language)
    order, is_dotted = _find_order(language, pattern), "." in pattern
    info = _find_words(code)
    if info is None:
        return DatedLanguage(code=code, order=order, is_dotted=is_dotted)
    months = _join(_find_months(info))
    return DatedLanguage(
        code=code,
        order=order,
        is_dotted=is_dotted,
        day_month=_compile(rf"(?<![\d.,:/-]){_DAY}{_LINK}(?:{months})\.?(?!\w){_YEAR}", code),
        month_day=(
            _compile(rf"(?:{months})\.?\s{{1,2}}(?:the\s)?{_DAY}(?!\w)(?![.,:/-]\d){_YEAR}", code)
            if code in _MONTH_FIRST
            else None
        ),
        word=_compile(_join(get_day_words(code)), code) if get_day_words(code) else None,
        distance=_compile(_join_distances(info), code),
    )


def _find_short_pattern(language: str) -> str:
    return str(find_locale(language).date_formats["short"].pattern)


def _find_order(language: str, pattern: str) -> Literal["DM", "MD"] | None:
    """Plain `en` may be Britain or America: 5/12 is then no date at all."""
    if language.casefold() == "en" or pattern.lstrip("'").startswith("y"):
        return None
    return "DM" if pattern.find("d") < pattern.find("M") else "MD"


def _find_words(code: str) -> Mapping[str, Any] | None:
    try:
        info: Mapping[str, Any] = default_loader.get_locale_map(languages=[code])[code].info
    except (ValueError, KeyError):
        return None
    return info


def _find_months(info: Mapping[str, Any]) -> Iterable[str]:
    """Names and their short forms; 12月 is a figure, not a name."""
    for month in _MONTHS:
        for name in info.get(month, ()):
            if len(name) >= 3 and name.casefold() not in _NO_MONTHS and not re.search(r"\d", name):
                yield name.rstrip(".")


def _join_distances(info: Mapping[str, Any]) -> str:
    """So many days or weeks from now or ago, in figures."""
    expressions = info.get("relative-type-regex", {})
    kinds = (r"in \1 day", r"\1 day ago", r"in \1 week", r"\1 week ago")
    found = (each for kind in kinds for each in expressions.get(kind, ()))
    plain = {each.replace(_NUMBER, "#") for each in found if _NUMBER in each}
    written = sorted((each for each in plain if _is_spelt_out(each)), key=len, reverse=True)
    return "|".join(re.escape(each).replace(r"\#", r"\d{1,3}") for each in written) or r"(?!)"


def _is_spelt_out(expression: str) -> bool:
    """`in # days`, but not `in # d`; CJK units are one character."""
    letters = expression.replace("#", "").split()
    return re.fullmatch(r"[^\\()\[\]*+?]+", expression) is not None and all(
        len(word) > 1 or not word.isascii() for word in letters if word not in {"a", "y", "i"}
    )


def _join(words: Iterable[str]) -> str:
    alternatives = sorted(dict.fromkeys(words), key=len, reverse=True)
    return "|".join(re.escape(word) for word in alternatives) or r"(?!)"


def _compile(expression: str, code: str) -> re.Pattern[str]:
    """Whole words, where the language has spaces between words."""
    if code in GLUED:
        return re.compile(expression, re.IGNORECASE)
    return re.compile(rf"(?<!\w)(?:{expression})(?!\w)", re.IGNORECASE)
