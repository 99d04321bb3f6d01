"""Finds the figures in a text: amounts, periods, dates, times, codes, each with its unit."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

from llm_bridge.guards.grounding import measures as known
from llm_bridge.guards.grounding.folding import clean, fold

Day: TypeAlias = tuple[int | None, int, int]  # year if it names one, month, day
Sum: TypeAlias = tuple[float, str]  # with its currency, empty where none is named

MAX_FIGURES = 200  # of one text; nobody reads more


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: `kind` and any of `values` make it what it is, `text` is how it stands there.

    Kinds: money, percent, minutes, months, workdays … (periods), date, time, weekday, email,
    address, phone, code, number, and those of the units.
    """

    kind: str
    values: tuple[Any, ...]
    text: str
    start: int
    unit: str = ""  # of a number: the word behind it, as it is compared
    is_limit: bool = False  # until, by, before: what may be a deadline

    def is_like(self, other: Figure) -> bool:
        """Whether both say the same, whatever form they have."""
        if self.kind != other.kind:
            return False
        if self.kind == "date":
            return any(_is_same_day(one, two) for one in self.values for two in other.values)
        if self.kind == "money":
            return any(_is_same_sum(one, two) for one in self.values for two in other.values)
        return not set(self.values).isdisjoint(other.values)


@lru_cache(maxsize=1_024)
def find_figures(text: str, language: str) -> tuple[Figure, ...]:
    """The figures of a text in their order."""
    folded = fold(clean(text))
    found: list[Figure] = []
    if not known.build_hint(language).search(folded):
        return ()
    for match in _build_pattern(language).finditer(folded):
        found += _build_figures(match, folded, language)
        if len(found) > MAX_FIGURES:
            break
    return tuple(found)


def _build_figures(match: re.Match[str], text: str, language: str) -> Iterator[Figure]:
    kind = match.lastgroup or ""
    parts = {name: value for name, value in match.groupdict().items() if value is not None}
    is_limit = bool(_LIMIT.search(text[max(0, match.start() - 24) : match.start()]))
    low = parts.get(f"{kind}_low") or parts.get(f"{kind}_lower")
    quantities = [low] if low else []
    quantities.append(parts.get(f"{kind}_number", ""))
    for quantity in quantities:
        made = _read(kind, parts, quantity, language)
        if made is not None:
            name, values, unit = made
            stands = match[0].strip()
            yield Figure(name, values, stands, match.start(), unit=unit, is_limit=is_limit)


def _read(
    kind: str, parts: Mapping[str, str], quantity: str, language: str
) -> tuple[str, tuple[Any, ...], str] | None:
    """Kind, values and unit of one figure; None for what only looks like one."""
    text = parts[kind]
    if kind in _DATES:
        days = known.find_days(text)
        return ("date", days, "") if days else None
    if kind in _PLAIN:
        return kind if kind != "clock" else "time", (_PLAIN[kind](text),), ""
    values = known.find_values(quantity, language)
    return known.build_measure(kind, parts, values) if values else None


def _is_same_day(one: Day, two: Day) -> bool:
    """The same month and day, and the same year where both name one."""
    return one[1:] == two[1:] and (one[0] == two[0] or None in (one[0], two[0]))


def _is_same_sum(one: Sum, two: Sum) -> bool:
    return one[0] == two[0] and (one[1] == two[1] or "" in (one[1], two[1]))


def _read_address(text: str) -> str:
    return text.rstrip(".,;:!?").removeprefix("www.")


_DATES = frozenset({"iso", "dotted", "dayfirst", "monthfirst"})
# What is known by how it stands there, without a number and a unit.
_PLAIN: Mapping[str, Callable[[str], object]] = {
    "email": _read_address,
    "address": _read_address,
    "clock": known.find_minute,
    "weekday": known.WEEKDAYS.__getitem__,
    "code": lambda text: re.sub(r"[\s-]", "", text),
    "phone": lambda text: re.sub(r"\D", "", text)[-9:],
}
_LIMIT = re.compile(
    r"\b(?:until|till|by|before|bis|vor|spatestens|jusqu'au|avant le|hasta(?: el)?|antes del?|entro"
    r"(?: il)?|fino al|prima del|tot|voor|ate|antes de)(?: the| den?| zum| dem| le| o)?\s*$"
)


@lru_cache(maxsize=16)
def _build_pattern(language: str) -> re.Pattern[str]:
    """One pattern for all kinds; what is written first wins where two begin alike."""
    number = known.build_number_pattern(language)
    loose = rf"(?:{number}|{known.DIGITS})"
    digits_join = r"\s?(?:-|to|or|and|bis|oder|und|a|ou|et|o|e|y|tot|of|en|ate)\s?"
    words_join = r"\s?(?:-|to|or|bis|oder|tot|of|ou)\s?"  # "trinta e um" is one number
    between = known.BETWEEN

    def build(kind: str, unit: str, *, gap: str = r"[\s-]?") -> str:
        return (
            rf"(?P<{kind}>(?:(?<!\w)(?P<{kind}_low>{known.DIGITS}){digits_join}"
            rf"|(?<!\w)(?P<{kind}_lower>{number}){words_join})?"
            rf"(?<![\w.,])(?P<{kind}_number>{loose}){gap}(?:{between}[\s-])?(?P<{kind}_unit>{unit}))"
        )

    worked = rf"(?:(?:{known.WORKING})[\s-]{{1,2}})"
    period = rf"{worked}?(?:{known.PERIODS})\b(?:[\s-](?:{known.WORKING})\b)?"
    signs = known.CURRENCY_SIGNS
    money_first = (
        rf"(?P<price>(?<!\w)(?P<price_unit>{signs})\s?(?:(?P<price_low>{known.DIGITS})\s?-\s?"
        rf"(?:{signs})?\s?)?(?P<price_number>{known.DIGITS}))"
    )
    pieces = (
        r"(?P<email>[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+)",
        r"(?P<address>(?:https?://|www\.)[^\s<>()\[\]\"']{1,500}|\b(?:[a-z0-9-]{1,63}\.){1,4}"
        r"(?:com|org|net|io|info|shop|store|example|biz|app|dev|eu|uk|de|fr|es|it|nl|pt|ch|at|be)"
        r"\b(?:/[^\s<>()\[\]\"']{0,500})?)",
        r"(?P<iso>\b\d{4}-\d{2}-\d{2}(?!\d))",
        rf"(?P<dayfirst>\b\d{{1,2}}(?:st|nd|rd|th|er|\.|º)?\s(?:of\s|de\s)?(?:{known.MONTHS})\b"
        rf"(?:,?\s(?:de\s)?\d{{4}})?)",
        rf"(?P<monthfirst>\b(?:{known.MONTHS})\.?\s\d{{1,2}}(?:st|nd|rd|th)?\b(?!\s?[:.]\d)"
        r"(?:,?\s\d{4})?)",
        r"(?P<dotted>(?<![\w.])\d{1,2}[./]\d{1,2}[./](?:\d{4}|\d{2})(?![\w/]))",
        r"(?P<clock>\b\d{1,2}[:h]\d{2}(?:\s?(?:[ap]\.?m\b\.?|uhr))?|\b\d{1,2}(?:\.\d{2})?\s?"
        r"(?:[ap]\.?m\b\.?|uhr\b|o'clock))",
        money_first,
        build("money", rf"(?:{known.CURRENCIES})(?!\w)"),
        build("percent", rf"(?:{known.PERCENT})(?!\w)", gap=r"[\s-]?"),
        build("period", period),
        build("unit", rf"(?:{known.UNITS})(?!\w)"),
        r"(?P<article>\b(?:within|after|takes?|in|innerhalb|binnen|dentro de|entro|dans|en|em) "
        rf"(?P<article_number>{known.ARTICLES})\s(?P<article_unit>{period}))",
        rf"(?P<weekday>\b(?:{known.WEEKDAY_NAMES})\b)",
        r"(?P<phone>(?<![\w-])\+?\(?\d[\d()]{1,5}(?:[\s/-]\d{2,}){2,5}\b|(?<![\w-])\+\d{9,15}\b)",
        r"(?P<code>\b(?=[\w-]{0,30}\d)(?=[\w-]{0,30}[a-z])[a-z0-9]+(?:-[a-z0-9]+)*\b)",
        rf"(?P<number>(?P<number_number>(?<![\w.,-])(?:{loose})(?![\w-]))"
        rf"(?:\s(?P<number_unit>[^\W\d_]+))?)",
    )
    return re.compile("|".join(pieces))
