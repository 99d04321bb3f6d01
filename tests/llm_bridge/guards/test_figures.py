"""Figures mean the same however they are written, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_bridge.guards.grounding.figures import Figure, find_figures
from llm_bridge.guards.grounding.vocabulary import LANGUAGES


def find_one(text: str, language: str = "en") -> Figure:
    [figure] = find_figures(text, language)
    return figure


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("five business days", "5 business days"),
        ("5 working days", "5 jours ouvrés"),
        ("5 Werktage", "5 business days"),
        ("cinco días hábiles", "5 working days"),
        ("cinque giorni lavorativi", "5 working days"),
        ("vijf werkdagen", "5 working days"),
        ("cinco dias úteis", "5 working days"),
        ("€ 5.00", "5 euros"),
        ("5,00 €", "EUR 5"),
        ("£3.95", "3.95 pounds"),
        ("1.250,50 €", "€1,250.50"),
        ("2%", "two percent"),
        ("2 Prozent", "2 pour cent"),
        ("24 hours", "one day"),
        ("two weeks", "14 days"),
        ("2 years", "24 Monate"),
        ("a 30-day period", "30 days"),
        ("12 May 2025", "2025-05-12"),
        ("12. Mai", "May 12th"),
        ("12.05.2025", "le 12 mai 2025"),
        ("12/05/2025", "12 de mayo de 2025"),
        ("2 pm", "14:00"),
        ("14 Uhr", "14h00"),
        ("٣٠ days", "30 days"),
        ("twenty-four hours", "vierundzwanzig Stunden"),
    ],
)
def test_the_same_in_other_words(one: str, other: str) -> None:
    language = {"f": "de", "c": "es", "v": "de"}.get(other[0], "en")
    languages = ("en", "de", "fr", "es", "it", "nl", "pt")
    ones = {name: find_figures(one, name) for name in languages}
    others = {name: find_figures(other, name) for name in languages}
    assert language
    assert any(
        len(here) == len(there) == 1 and here[0].is_like(there[0])
        for here in ones.values()
        for there in others.values()
    ), (ones, others)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("5 days", "5 weeks"),
        ("5 days", "5 working days"),
        ("30 days", "30 €"),
        ("30 days", "1 month"),
        ("£5", "€5"),
        ("5 %", "5 €"),
        ("12 May 2025", "12 May 2026"),
        ("14:00", "14:30"),
        ("5 days", "15 days"),
        ("2.5 kg", "25 kg"),
        ("AB-123456", "AB-123457"),
    ],
)
def test_what_looks_alike_is_not_the_same(one: str, other: str) -> None:
    assert not find_one(one).is_like(find_one(other))


def test_a_range_has_two_ends() -> None:
    ends = find_figures("2\u20133 working days", "en")
    assert [end.values for end in ends] == [(2.0,), (3.0,)]
    assert {end.kind for end in ends} == {"workdays"}


def test_small_numbers_in_words_are_no_figures() -> None:
    assert find_figures("There are two ways, and one of them is quick.", "en") == ()


def test_a_date_behind_until_is_a_limit() -> None:
    assert find_one("Return it until 12 May.").is_limit
    assert not find_one("You bought it on 12 May.").is_limit


@given(st.text(max_size=300), st.sampled_from([*LANGUAGES, ""]))
def test_any_text_can_be_read(text: str, language: str) -> None:
    for figure in find_figures(text, language):
        assert figure.is_like(figure)
