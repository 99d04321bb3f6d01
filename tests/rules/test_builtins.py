"""Dates, money, numbers and telephone numbers in what people write, and what is none of them."""

import locale
import os
import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.language.builtins import Builtin, find_builtin, may_hold
from rules.language.text import MAX_MESSAGE
from tests.rules.worlds import patient

SUNDAY = date(2026, 11, 22)
KINDS: tuple[Builtin, ...] = ("date", "money", "number", "phone")


def find(kind: Builtin, text: str, language: str = "en", today: date | None = SUNDAY) -> list[str]:
    found = find_builtin(kind, text, language=language, today=today)
    assert all(0 <= each.start < each.end <= len(text) for each in found)
    return [str(each.value) for each in found]


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("tomorrow", "en", "2026-11-23"),
        ("the day after tomorrow, please", "en", "2026-11-24"),
        ("by Friday.", "en", "2026-11-27"),
        ("are you open on Sunday?", "en", "2026-11-29"),  # the next one, not today
        ("24 December", "en", "2026-12-24"),
        ("Dec 24th, 2027", "en", "2027-12-24"),
        ("22 november", "en", "2026-11-22"),
        ("21 november", "en", "2027-11-21"),
        ("29 february", "en", "2028-02-29"),
        ("Friday, the 4th of December 2026", "en", "2026-12-04"),
        ("in 3 days", "en", "2026-11-25"),
        ("I ordered it 2 weeks ago", "en", "2026-11-08"),
        ("2026-12-24T10:00", "en", "2026-12-24"),
        ("12/25/2026", "en", "2026-12-25"),
        ("12/05/2026", "en-US", "2026-12-05"),
        ("12/05/2026", "en-GB", "2026-05-12"),
        ("am 24.12. bitte", "de", "2026-12-24"),
        ("24.12.26", "de", "2026-12-24"),
        ("1. März 2027", "de", "2027-03-01"),
        ("übermorgen", "de", "2026-11-24"),
        ("Morgen.", "de", "2026-11-23"),
        ("aujourd’hui", "fr", "2026-11-22"),
        ("24 de\u0301cembre", "fr", "2026-12-24"),
        ("mañana por la mañana", "es", "2026-11-23"),
        ("24 december", "sv", "2026-12-24"),
        ("в пятницу", "ru", "2026-11-27"),
        ("１２月２４日", "ja", "2026-12-24"),
        ("明後日", "ja", "2026-11-24"),
        ("٢٤ ديسمبر ٢٠٢٦", "ar", "2026-12-24"),
        ("\u200f24.12.2026\u200f", "he", "2026-12-24"),
        ("พรุ่งนี้", "th", "2026-11-23"),
        ("24.12.2026", "xx", "2026-12-24"),
    ],
)
def test_a_date_is_read_in_its_language(text: str, language: str, expected: str) -> None:
    assert find("date", text, language) == [expected]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("my may order", "en"),
        ("march on", "en"),
        ("we may 5 times", "en"),
        ("second try", "en"),
        ("order 4711", "en"),
        ("order 20261224", "en"),
        ("at 5", "en"),
        ("10:30", "en"),
        ("version 1.2.24", "en"),
        ("192.168.10.12", "en"),
        ("12/05/2026", "en"),  # in Britain another day than in America
        ("24 dec 26", "en"),
        ("sun and sat", "en"),
        ("last monday", "en"),
        ("next friday", "en"),
        ("every monday", "en"),
        ("Black Friday", "en"),
        ("today's special", "en"),
        ("31 november", "en"),
        ("Guten Morgen!", "de"),
        ("Morgen, wo ist mein Paket?", "de"),
        ("por la mañana", "es"),
        ("pasado mañana", "es"),
        ("depois de amanhã", "pt"),
        ("3 set di piatti", "it"),
        ("大后天", "zh"),
        ("来週の月曜日", "ja"),
        ("เมื่อวานซืน", "th"),
        ("24 ธันวาคม 2569", "th"),  # a Buddhist year
    ],
)
def test_what_is_no_clear_date_is_none(text: str, language: str) -> None:
    assert find("date", text, language) == []


def test_without_today_only_complete_dates_count() -> None:
    text = "tomorrow, 24 december, in 3 days, 5.6. and 1 may 2027"
    assert find("date", text, "de", today=None) == []
    assert find("date", text, "en", today=None) == ["2027-05-01"]


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("1.234,56", "de", "1234.56"),
        ("1,234.56", "en", "1234.56"),
        ("1,234.56", "de", "1234.56"),  # it can only be meant so
        ("1.234", "de", "1234"),
        ("1.234", "en", "1.234"),
        ("1 234,56", "fr", "1234.56"),
        ("1'234.50", "de-CH", "1234.5"),
        ("12,34,567", "hi", "1234567"),
        ("it is -5 outside", "en", "-5"),
        ("3個ください", "ja", "3"),
        ("١٬٢٣٤٫٥", "ar", "1234.5"),
        ("(7).", "en", "7"),
    ],
)
def test_a_number_is_read_by_its_language(text: str, language: str, expected: str) -> None:
    assert find("number", text, language) == [expected]


@pytest.mark.parametrize(
    "text",
    ["AB-123456", "10-20", "10:30", "1/2", "5kg", "2nd", "007", "5²", "1.2.3", ".5", "9" * 20],
)
def test_what_is_part_of_something_else_is_no_number(text: str) -> None:
    assert find("number", text) == []


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("€ 49.90", "en", ["49.90 EUR"]),
        ("49,90 €", "en", ["49.90 EUR"]),
        ("USD 20", "en", ["20.00 USD"]),
        ("20 dollars", "en", ["20.00 USD"]),
        ("20 dollars", "en-AU", ["20.00 AUD"]),
        ("$20", "es-MX", ["20.00 MXN"]),
        ("£5 and $7", "en", ["5.00 GBP", "7.00 USD"]),
        ("1.234,50 Euro", "de", ["1234.50 EUR"]),
        ("1000円です", "ja", ["1000 JPY"]),
        ("20 kr", "sv", ["20.00 SEK"]),
        ("20 рублей", "ru", ["20.00 RUB"]),
        ("20 kr", "en", []),
        ("TRY 20 times", "en", []),
        ("5 million dollars", "en", []),
        ("49 euros 90", "en", []),
        ("€ 1.234", "en", []),
        ("$5k", "en", []),
        ("AB-12 €", "en", []),
        ("order 4711", "en", []),
    ],
)
def test_money_is_a_number_with_its_currency(text: str, language: str, expected: list[str]) -> None:
    assert find("money", text, language) == expected


def test_money_says_amount_and_currency_apart() -> None:
    (found,) = find_builtin("money", "it was 49,90 € then", language="de", today=None)
    assert (found.start, found.end, found.amount, found.currency) == (7, 14, 49.9, "EUR")


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("call 030 1234567 now", "de", ["+49301234567"]),
        ("+49 (0)30 1234567", "en", ["+49301234567"]),
        ("415-555-2671 and (415) 555-2672", "en", ["+14155552671", "+14155552672"]),
        ("020 7946 0958", "en-GB", ["+442079460958"]),
        ("٠١٠٠ ١٢٣ ٤٥٦٧", "ar", ["+201001234567"]),
        ("AB-0301234567", "de", []),
        ("order 4711", "de", []),
        ("24.12.2026", "de", []),
    ],
)
def test_a_phone_number_is_read_as_of_the_languages_territory(
    text: str, language: str, expected: list[str]
) -> None:
    assert find("phone", text, language) == expected


def test_places_point_into_the_text_as_written() -> None:
    text = "\u202b😀 e\u0301: ٢٤/١٢/٢٠٢٦\u202c, bitte"
    (found,) = find_builtin("date", text, language="ar", today=None)
    assert text[found.start : found.end] == "٢٤/١٢/٢٠٢٦"


LANGUAGES = st.sampled_from(
    [
        "en",
        "de",
        "de-CH",
        "fr",
        "ar",
        "ja",
        "th",
        "zh-TW",
        "",
        "xx",
        "!",
        "../en",
        "\ud800",
        "x" * 99,
    ]
)
SCRAPS = (
    "1 12 2026 . , - / : € $ + ( ) ' USD euro monday tomorrow may 明日 月 日 年 ٣ １ ² \u0301"
    " \u200f \ud800 morgen 24. Dezember in days T10 am"
)
PIECES = st.sampled_from(SCRAPS.split())
TEXTS = (
    st.text(max_size=60)
    | st.lists(PIECES, max_size=30).map("".join)
    | (st.lists(PIECES, max_size=30).map(" ".join))
)


@patient
@given(text=TEXTS, language=LANGUAGES, today=st.none() | st.dates())
def test_no_text_breaks_it_and_the_cheap_test_comes_first(
    text: str, language: str, today: date | None
) -> None:
    for kind in KINDS:
        found = find(kind, text, language, today)
        assert may_hold(kind, text) or not found


@pytest.mark.parametrize("piece", ["1", "1 ", "1.", "(12)", "24.12.2026 ", "٣ ", "€1", "e\u03011"])
def test_a_hostile_text_yields_no_more_than_a_few_values(piece: str) -> None:
    text = (piece * MAX_MESSAGE)[:MAX_MESSAGE]
    assert all(len(find(kind, text)) <= 20 for kind in KINDS)
    assert not any(find(kind, f"{text} 24.12.2026 € 5") for kind in KINDS)  # over the limit


def test_nothing_depends_on_the_machines_zone_or_locale() -> None:
    before, zone = locale.setlocale(locale.LC_ALL), os.environ.get("TZ")
    try:
        os.environ["TZ"] = "Pacific/Kiritimati"
        time.tzset()
        locale.setlocale(locale.LC_ALL, "C")
        assert find("date", "tomorrow at 23:59") == ["2026-11-23"]
        assert find("number", "1.234,56", "de") == ["1234.56"]
    finally:
        os.environ.pop("TZ")
        if zone is not None:
            os.environ["TZ"] = zone
        time.tzset()
        locale.setlocale(locale.LC_ALL, before)
