"""Which parts of a text are personal, of what kind, and which only look so."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_bridge.guards.personal import find_personal, is_personal
from llm_bridge.guards.personal.kinds import Kind, Known


def find(text: str) -> list[tuple[str, str]]:
    return [(span.kind.value, text[span.start : span.end]) for span in find_personal(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Write to jo.o'neil+shop@mail.example.org, please", ("EMAIL", "jo.o'neil+shop@mail.example.org")),
        ("jo (at) example (dot) org", ("EMAIL", "jo (at) example (dot) org")),
        ("My card is 4111 1111 1111 1111.", ("CARD", "4111 1111 1111 1111")),
        ("card no 584528792610", ("CARD", "584528792610")),
        ("IBAN DE89 3704 0044 0532 0130 00 for the refund", ("IBAN", "DE89 3704 0044 0532 0130 00")),
        ("gb33bukb20201555555555", ("IBAN", "gb33bukb20201555555555")),
        ("Call me on 030 123 45 67", ("PHONE", "030 123 45 67")),
        ("+49 (0)30-1234567 is mine", ("PHONE", "+49 (0)30-1234567")),
        ("my mobile: 0171 2345678 x12", ("PHONE", "0171 2345678 x12")),
        ("(555) 010-4477", ("PHONE", "(555) 010-4477")),
        ("SSN 078-05-1120", ("ID", "078-05-1120")),
        ("CPF 390.533.447-05", ("ID", "390.533.447-05")),
        ("Mi DNI es 54362315K", ("ID", "54362315K")),
        ("my passport number is C01X00T47", ("ID", "C01X00T47")),
        ("I get an error at 192.168.13.7", ("IP", "192.168.13.7")),
        ("from 2001:db8::8a2e:370:7334", ("IP", "2001:db8::8a2e:370:7334")),
        ("My name is Ada Lovelace and I wait", ("NAME", "Ada Lovelace")),
        ("ich heiße Jürgen Müller-Lüdenscheid", ("NAME", "Jürgen Müller-Lüdenscheid")),
        ("my name is ada", ("NAME", "ada")),
        ("Thanks,\nGrace Hopper", ("NAME", "Grace Hopper")),
        ("The bill of Mrs. Dalloway", ("NAME", "Dalloway")),
        ("I was born on 10 December 1815", ("BIRTHDAY", "10 December 1815")),
        ("It goes to 221 Baker Street, London 12345", ("ADDRESS", "221 Baker Street, London 12345")),
        ("Musterstraße 12a, 10115 Berlin", ("ADDRESS", "Musterstraße 12a, 10115 Berlin")),
        ("15 rue de la Paix", ("ADDRESS", "15 rue de la Paix")),
        ("PO Box 1234", ("ADDRESS", "PO Box 1234")),
        ("my password is hunter2", ("SECRET", "hunter2")),
        ("Passwort: Geheim!", ("SECRET", "Geheim")),
        ("https://a.example/reset?token=abc123 fails", ("LINK", "https://a.example/reset?token=abc123")),
        ('{"customer": {"full_name": "Ada Lovelace"}}', ("NAME", "Ada Lovelace")),
    ],
)  # fmt: skip
def test_it_is_found_whole_and_by_its_kind(text: str, found: tuple[str, str]) -> None:
    assert find(text) == [found]


@pytest.mark.parametrize(
    "text",
    [
        "where is order AB-123456?",
        "my order 113542617735902 has not arrived",
        "order number 4111111111111112",
        "invoice 2024-05-06, tracking 00340434161094",
        "open from 9 to 17, 24.12.2025, 2019-2021",
        "it costs 1.234.567,00 or $1,299.99",
        "my password is wrong and my PIN was declined",
        "I forgot my password to log in",
        "https://shop.example/help/returns?lang=en",
        "my name is not on the list",
        "2 kettles on the way, 3 cups in the park",
        "version 10 of the app",
        "Das ist gut, am 3. Mai komme ich",
    ],
)
def test_numbers_of_orders_dates_and_prices_are_no_personal_data(text: str) -> None:
    assert find(text) == []


def test_what_overlaps_is_one_place() -> None:
    [span] = find_personal("reach me: https://u:secret99@a.example/x?mail=jo@example.org")
    assert span.kind is Kind.LINK


@given(st.text(max_size=300))
def test_places_are_in_order_inside_the_text_and_apart(text: str) -> None:
    ends = [0]
    for span in find_personal(text):
        assert ends[-1] <= span.start < span.end <= len(text)
        ends.append(span.end)


def test_what_is_known_of_somebody_is_personal_too() -> None:
    known = (Known(Kind.NAME, "Ada Lovelace"),)
    assert is_personal("Is Ada's parcel there?", known=known)
    assert not is_personal("Is Adam's parcel there?", known=known)
    assert not is_personal("Is the parcel there?", known=(Known(Kind.NAME, " "),))
