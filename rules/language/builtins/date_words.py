"""Asking dateparser: one short stretch, in one language, from one day on."""

from datetime import date, datetime, time
from functools import lru_cache
from threading import Lock
from typing import Any

import dateparser

from rules.language.builtins.dated_language import DatedLanguage

_LEAP = date(2000, 1, 1)  # where only day and month count: a year that has every day
_CACHED = 1_000  # answers
_lock = Lock()  # its settings are objects that calls share


def read_words(stretch: str, speech: DatedLanguage, *, today: date = _LEAP) -> date | None:
    """The day that the words mean, seen from today: a bare weekday is the next such day."""
    return _ask(stretch, speech.code, today)


@lru_cache(maxsize=_CACHED)
def _ask(stretch: str, code: str, today: date) -> date | None:
    settings: dict[str, Any] = {
        "RELATIVE_BASE": datetime.combine(today, time()),
        "PREFER_DATES_FROM": "future",
        "DATE_ORDER": "DMY",  # a day beside a month's name is never a year
        "PREFER_LOCALE_DATE_ORDER": False,
        "TIMEZONE": "UTC",
        "RETURN_AS_TIMEZONE_AWARE": False,
        "PARSERS": ["relative-time", "absolute-time"],
    }
    with _lock:
        try:
            found = dateparser.parse(stretch, languages=[code], settings=settings)
        except (ValueError, OverflowError):
            return None
    return found.date() if found else None
