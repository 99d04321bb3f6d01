"""What numbers, units, dates and times are worth, however they are written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from llm_bridge.guards.grounding.folding import fold
from llm_bridge.guards.grounding.vocabulary import LANGUAGES, build_stem, read_list

DIGITS = r"\d{1,3}(?:[.,']\d{3})+(?:[.,]\d{1,2})?(?!\d)|\d+(?:[.,]\d+)?"
SMALL = 3  # "two ways", "one of them": said in words and without a unit, such a number is no claim

_LISTS = read_list("figures.toml")


def _split(text: str) -> list[str]:
    return [word.replace("_", " ") for word in text.split()]


def _join(words: Iterable[str]) -> str:
    """As an alternative of a pattern, longer words first."""
    ordered = sorted({fold(word) for word in words}, key=len, reverse=True)
    return "|".join(map(re.escape, ordered))


def _turn(lists: Mapping[str, Any]) -> dict[str, str]:
    return {fold(word): name for name, text in lists.items() for word in _split(text)}


_PERIODS = _turn(_LISTS["periods"])
_CURRENCIES = _turn(_LISTS["currencies"])
_UNITS = _turn(_LISTS["units"])
_MONTHS = {word: int(name) for word, name in _turn(_LISTS["months"]).items()}
WEEKDAYS = {word: int(name) for word, name in _turn(_LISTS["weekdays"]).items()}
_WORKING = frozenset(_split(_LISTS["workdays"]["words"]))

PERIODS = _join(_PERIODS)
WORKING = _join(_WORKING)
BETWEEN = f"(?:{_join(_split(_LISTS['between']['words']))})"
CURRENCIES = _join(_CURRENCIES)
CURRENCY_SIGNS = _join(word for word in _CURRENCIES if not word.isalpha() or len(word) == 3)
PERCENT = _join(_split(_LISTS["percent"]["words"]))
UNITS = _join(_UNITS)
MONTHS = _join(_MONTHS)
WEEKDAY_NAMES = _join(WEEKDAYS)
_ARTICLES = _split(_LISTS["articles"]["all"])
ARTICLES = _join(_ARTICLES)


@lru_cache(maxsize=16)
def _find_words(language: str) -> dict[str, int]:
    """Numbers in words, 0 to 100 and 1,000, folded."""
    lists = _LISTS["numbers"].get(language, _LISTS["numbers"]["en"])
    ones, tens = _spell(lists["ones"]), _spell(lists["tens"])
    words = {word: value for value, word in enumerate(ones)}
    for number, ten in enumerate(tens, start=2):
        words[ten] = number * 10
        for value in range(1, 20 if ten in {"soixante", "quatre-vingts"} else 10):
            words |= dict.fromkeys(_join_words(ones[value], ten, lists), number * 10 + value)
    return words | {fold(lists["hundred"]): 100, fold(lists["thousand"]): 1000}


def _spell(text: str) -> list[str]:
    return [fold(word) for word in text.split()]


def _join_words(one: str, ten: str, lists: Mapping[str, Any]) -> Iterable[str]:
    if joint := lists.get("backwards"):
        short = "ein" if one == "eins" else one
        return (f"{short}{joint}{ten}",)
    if ten == "veinte":
        return (f"{lists.get('twenties', '')}{one}",)
    stem = ten.removesuffix("s") if ten == "quatre-vingts" else ten
    if lists["joints"] == [""] and one[0] in "uo":  # ventuno, ventotto
        stem = stem[:-1]
    return [f"{stem}{joint}{one}" for joint in lists["joints"]]


@lru_cache(maxsize=16)
def build_number_pattern(language: str) -> str:
    """Numbers in words, of a language and of English where it is not known."""
    words = _find_words(language if language in LANGUAGES else "en")
    return rf"(?<![\w-])(?:{_join(words)})(?![^\W\d_])"


@lru_cache(maxsize=16)
def build_hint(language: str) -> re.Pattern[str]:
    """What every text with a figure has; most texts have none, and are told quickly."""
    words = _find_words(language if language in LANGUAGES else "en")
    starts = sorted({word[:3] for word in [*words, *WEEKDAYS]} | {f"{each} " for each in _ARTICLES})
    return re.compile(rf"[0-9@]|\w\.\w|\b(?:{'|'.join(map(re.escape, starts))})")


def find_values(text: str, language: str) -> tuple[float, ...]:
    """What a number may be worth: "1.000" is a thousand here and one elsewhere."""
    words = _find_words(language if language in LANGUAGES else "en")
    if text in words:
        return (float(words[text]),)
    if not text or not text[0].isdigit():
        return (1.0,) if text else ()
    last = max(text.rfind("."), text.rfind(","))
    digits = re.sub(r"\D", "", text)
    if last < 0:
        return (float(digits),)
    whole, decimals = re.sub(r"\D", "", text[:last]), text[last + 1 :]
    precise = float(f"{whole}.{decimals}")
    if len(decimals) != 3:
        return (precise,)
    return (float(digits),) if len(whole) > 3 else (float(digits), precise)


def build_measure(
    kind: str, parts: Mapping[str, str], values: tuple[float, ...]
) -> tuple[str, tuple[Any, ...], str] | None:
    """Kind, values and unit of a number with what stands beside it."""
    unit = parts.get(f"{kind}_unit", "")
    if kind in {"price", "money"}:
        return _build_sum(_CURRENCIES[unit], values)
    if kind == "percent":
        return "percent", values, ""
    if kind in {"period", "article"}:
        return _build_period(unit, values)
    if kind == "unit":
        return f"unit:{_UNITS[unit]}", values, ""
    is_spelt = not parts["number_number"][0].isdigit()
    if is_spelt and values[0] <= SMALL:
        return None
    return "number", values, build_stem(unit)


def _build_sum(currency: str, values: tuple[float, ...]) -> tuple[str, tuple[Any, ...], str]:
    if currency == "cents":
        return "money", tuple((round(value / 100, 4), "") for value in values), ""
    return "money", tuple((value, currency) for value in values), ""


def _build_period(unit: str, values: tuple[float, ...]) -> tuple[str, tuple[Any, ...], str]:
    """Days of work and days are not the same, nor are thirty days and a month."""
    words = re.split(r"[\s-]+", unit)
    name, _, factor = next(_PERIODS[word] for word in words if word in _PERIODS).partition(":")
    if len(words) > 1 and not _WORKING.isdisjoint(words):
        name, factor = f"work{name}", "1" if factor == "1440" else factor
    if name == "workminutes" and factor == "1":
        name = "workdays"
    return name, tuple(value * int(factor) for value in values), ""


def find_days(text: str) -> tuple[tuple[int | None, int, int], ...]:
    """The days a date may mean, each as year (None if it names none), month and day."""
    numbers = [int(each) for each in re.findall(r"\d+", text)]
    month = next((_MONTHS[word] for word in re.findall(r"[^\W\d_]+", text) if word in _MONTHS), 0)
    if month:
        year = next((number for number in numbers if number > 31), None)
        return ((year, month, numbers[0]),) if 1 <= numbers[0] <= 31 else ()
    if re.match(r"\d{4}-", text):
        return ((numbers[0], numbers[1], numbers[2]),)
    first, second, year = numbers
    year += 2000 if year < 100 else 0
    both = (
        {(year, second, first), (year, first, second)} if "/" in text else {(year, second, first)}
    )
    return tuple(sorted(day for day in both if 1 <= day[1] <= 12 and 1 <= day[2] <= 31))


def find_minute(text: str) -> int:
    """The minute of the day, or of a later one: 14:30, 14h30, 2 pm, 14 Uhr."""
    numbers = [int(each) for each in re.findall(r"\d+", text)]
    hour, minute = numbers[0], numbers[1] if len(numbers) > 1 else 0
    half = re.search(r"([ap])\.?m", text)
    if half and hour <= 12:
        hour = hour % 12 + (12 if half[1] == "p" else 0)
    return hour * 60 + minute
