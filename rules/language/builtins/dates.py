"""Days: complete dates, a day and a month, weekdays, `tomorrow`, `in 3 days`.

A stretch of the text must first look like a date in the language; only then is dateparser asked
about that stretch, and its answer must agree with the figures in it. Given whole messages it
finds dates in `my may order`, `march on` and `order 4711`.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Literal, TypeAlias

from rules.language.builtins.date_words import read_words
from rules.language.builtins.dated_language import DatedLanguage, find_dated_language
from rules.language.builtins.day_words import names_other_day
from rules.language.builtins.kinds import MAX_CANDIDATES, Found

_FIRST_YEAR, _LAST_YEAR = 1900, 2100
_CENTURY = 70  # 69 is 2069, 70 is 1970
_NEAR = 8  # characters between a weekday and the date it goes with: `Friday, the 4th of May`

_EDGE = r"(?<![\w/:-])(?<![\w][.,])"
_END = r"(?![\w/:-])(?![.,]\w)"
_YEAR_FIRST = re.compile(rf"{_EDGE}(\d{{4}})([-/.])(\d{{1,2}})\2(\d{{1,2}})(?:(?=T\d)|{_END})")
_YEAR_LAST = re.compile(rf"{_EDGE}(\d{{1,2}})([-/.]) ?(\d{{1,2}})\2 ?(\d{{4}}|\d{{2}}){_END}")
_DOTTED = re.compile(rf"{_EDGE}(\d{{1,2}})\. ?(\d{{1,2}})\.(?![\w/:-])(?! ?\d)")
_EAST_ASIAN = re.compile(r"(?<!\d)(?:(\d{4}) ?[年년] ?)?(\d{1,2}) ?[月월] ?(\d{1,2}) ?[日日일号號]")

_SHORT_YEAR = re.compile(r"\s{1,2}'?\d{2}\s{0,2}(?:[.,;!?)]|\Z)")  # or an hour: a guess

Form: TypeAlias = Literal["year_first", "year_last", "dotted", "east_asian", "month", "word"]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A stretch that looks like a date, and by which form."""

    form: Form
    match: re.Match[str]

    @property
    def start(self) -> int:
        return self.match.start()

    @property
    def end(self) -> int:
        return self.match.end()


def find_dates(text: str, *, language: str, today: date | None) -> Iterator[Found]:
    """Days in the order of the text; without `today` only those with a year."""
    speech = find_dated_language(language)
    for candidate in _choose(text, _find_candidates(text, speech)):
        day = _READERS[candidate.form](candidate.match, speech, today)
        if day is not None and _FIRST_YEAR <= day.year <= _LAST_YEAR:
            yield Found(start=candidate.start, end=candidate.end, value=day.isoformat())


def _find_candidates(text: str, speech: DatedLanguage) -> list[_Candidate]:
    forms: tuple[tuple[Form, re.Pattern[str] | None], ...] = (
        ("year_first", _YEAR_FIRST),
        ("year_last", _YEAR_LAST),
        ("dotted", _DOTTED if speech.is_dotted and speech.order == "DM" else None),
        ("east_asian", _EAST_ASIAN),
        ("month", speech.day_month),
        ("month", speech.month_day),
        ("word", speech.distance),
        ("word", speech.word),
    )
    found = [
        _Candidate(form=form, match=match)
        for form, pattern in forms
        if pattern is not None
        for match in islice(pattern.finditer(text), MAX_CANDIDATES)
    ]
    return sorted(found, key=lambda each: (each.start, -each.end))


def _choose(text: str, candidates: list[_Candidate]) -> Iterator[_Candidate]:
    """No two that overlap, and no weekday beside the date it goes with."""
    chosen: list[_Candidate] = []
    for each in candidates:
        if not chosen or each.start >= chosen[-1].end:
            chosen.append(each)
    for at, each in enumerate(chosen):
        if each.form != "word" or not any(
            other.form != "word" and _is_near(text, each, other)
            for other in chosen[max(0, at - 1) : at + 2]
        ):
            yield each


def _is_near(text: str, one: _Candidate, other: _Candidate) -> bool:
    """Whether only a comma, `the` or the like stands between."""
    between = text[min(one.end, other.end) : max(one.start, other.start)]
    return len(between) <= _NEAR and re.fullmatch(r"[\s,.(]*\w{0,3}[\s,.(]*", between) is not None


def _build(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _read_year_first(match: re.Match[str], _: DatedLanguage, __: date | None) -> date | None:
    return _build(int(match[1]), int(match[3]), int(match[4]))


def _read_year_last(match: re.Match[str], speech: DatedLanguage, _: date | None) -> date | None:
    """Day and month in the order of the language, or the only one that there is."""
    first, separator, second, year = int(match[1]), match[2], int(match[3]), int(match[4])
    if len(match[4]) == 2:
        if speech.order is None or (separator == "." and not speech.is_dotted):
            return None  # a version, or anything
        year += 1900 if year >= _CENTURY else 2000
    days = {"DM": _build(year, second, first), "MD": _build(year, first, second)}
    if speech.order is not None and days[speech.order] is not None:
        return days[speech.order]
    possible = {day for day in days.values() if day is not None}
    return possible.pop() if len(possible) == 1 else None


def _read_dotted(match: re.Match[str], _: DatedLanguage, today: date | None) -> date | None:
    return _complete(int(match[2]), int(match[1]), today)


def _read_east_asian(match: re.Match[str], _: DatedLanguage, today: date | None) -> date | None:
    if match[1] is not None:
        return _build(int(match[1]), int(match[2]), int(match[3]))
    return _complete(int(match[2]), int(match[3]), today)


def _complete(month: int, day: int, today: date | None) -> date | None:
    """The next such day, today included; 29 February may be years away."""
    if today is None:
        return None
    years = range(today.year, today.year + 9)
    days = (_build(year, month, day) for year in years)
    return next((day for day in days if day is not None and day >= today), None)


def _read_month(match: re.Match[str], speech: DatedLanguage, today: date | None) -> date | None:
    stretch, day, year = match[0], int(match["day"]), match["year"]
    if _is_verb(match) or (not year and _SHORT_YEAR.match(match.string, match.end())):
        return None
    found = read_words(stretch[: match.start("year") - match.start()] if year else stretch, speech)
    if found is None or found.day != day:
        return None
    return _build(int(year), found.month, day) if year else _complete(found.month, day, today)


def _is_verb(match: re.Match[str]) -> bool:
    """`we may 5 times`, `march 10 miles`: no month where words go on after the figure."""
    if re.match(r"(?:may|march)\s", match[0]) is None or match["year"]:
        return False
    return re.match(r"\s+[^\W\d]", match.string[match.end() : match.end() + 9]) is not None and (
        match[0][-1].isdigit()
    )


def _read_word(match: re.Match[str], speech: DatedLanguage, today: date | None) -> date | None:
    if today is None or _is_other_day(match, speech):
        return None
    return read_words(match[0], speech, today=today)


def _is_other_day(match: re.Match[str], speech: DatedLanguage) -> bool:
    text, word = match.string, match[0].casefold()
    return re.search(r"\d", word) is None and names_other_day(
        word,
        before=text[max(0, match.start() - 30) : match.start()].casefold(),
        after=text[match.end() : match.end() + 30].casefold(),
        language=speech.code,
    )


_READERS: Mapping[Form, Callable[[re.Match[str], DatedLanguage, date | None], date | None]] = {
    "year_first": _read_year_first,
    "year_last": _read_year_last,
    "dotted": _read_dotted,
    "east_asian": _read_east_asian,
    "month": _read_month,
    "word": _read_word,
}
