"""Slips of the key: words of an intent that may be misspelt, in both evaluators and in the why."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.decision import Situation
from rules.evaluator import build_evaluators
from rules.explanation import explain
from rules.reference.slips import count_slips
from rules.rulebook.parsing import RulebookError, parse_rulebook
from tests.rules.shop import build_data


def recognise(text: str, **intents: dict[str, Any]) -> tuple[str, ...]:
    rulebook = parse_rulebook({"rulebook": 1, "intents": intents})
    found = {evaluator.recognise(text).intents for evaluator in build_evaluators(rulebook)}
    assert len(found) == 1
    return found.pop()


REFUND = {"phrases": ["refund my order"], "typos": ["refund"]}
CANCEL = {"phrases": ["cancellation of [my|the] order"], "typos": {"cancellation": 2, "order": 1}}


@pytest.mark.parametrize(
    "word", ["refund", "refnd", "refunds", "refumd", "erfund", "REFUDN", "refun\u0301d"]
)
def test_one_slip_is_forgiven(word: str) -> None:
    assert recognise(f"{word} my order", refund=REFUND) == ("refund",)


@pytest.mark.parametrize("text", ["rfnd my order", "refund my ordr", "re fund my order", "refund"])
def test_two_slips_and_other_words_are_not(text: str) -> None:
    assert recognise(text, refund=REFUND) == ()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("canclelation of my oder", True),
        ("cancelation of order", True),
        ("cacellaton of the ordre", True),
        ("cnclaton of my order", False),
        ("cancellation off my order", False),
    ],
)
def test_long_words_may_forgive_two(text: str, found: bool) -> None:
    assert bool(recognise(text, cancel=CANCEL)) is found


def test_other_intents_with_the_same_word_are_as_strict_as_ever() -> None:
    strict = {"phrases": ["refund"]}
    assert recognise("refnd my order", refund=REFUND, strict=strict) == ("refund",)


def test_a_slip_in_what_is_avoided_vetoes_as_well() -> None:
    intent = {"phrases": ["order"], "avoid": ["refund"], "typos": ["refund"]}
    assert recognise("order refnd", order=intent) == ()


def test_a_phrase_of_two_forgiving_words_is_found_by_either() -> None:
    intent = {"phrases": ["late order"], "typos": ["late", "order"]}
    texts = ["late", "late order", "lte order", "late oder", "lat ordr"]
    assert [bool(recognise(text, late=intent)) for text in texts] == [False, True, True, True, True]


def test_a_pattern_forgives_nothing() -> None:
    intent = {"phrases": ["/refund/", "refund now"], "typos": ["refund"]}
    assert recognise("refnd", refund=intent) == ()


def test_the_why_shows_the_word_as_written_and_what_it_stood_for() -> None:
    data = build_data(intents={"cancel": CANCEL})
    matches = explain(parse_rulebook(data), Situation("Canclelation of my ordre!")).matches
    assert [(match.text, match.slips) for match in matches] == [
        (
            "Canclelation of my ordre",
            (("canclelation", "cancellation"), ("ordre", "order")),
        )
    ]


@pytest.mark.parametrize(
    ("typos", "said"),
    [
        (["refnd"], "is no word of this intent (did you mean `refund`?)"),
        (["my"], "is too short"),
        ({"refund": 2}, "is too short: 2 wrong letters need a word of 8 or more"),
        ({"refund": 3}, "whole number from 1 to 2"),
        ({"refund": True}, "whole number from 1 to 2"),
        ("refund", "expected"),
        ([3], "expected a text"),
    ],
)
def test_wrong_typos_are_refused_with_the_reason(typos: Any, said: str) -> None:
    data = {"rulebook": 1, "intents": {"refund": {"phrases": ["refund my"], "typos": typos}}}
    with pytest.raises(RulebookError, match=re.escape(said)):
        parse_rulebook(data)


def test_slips_are_counted_as_typists_make_them() -> None:
    pairs = [
        ("", ""),
        ("a", ""),
        ("ab", "ba"),
        ("ca", "abc"),
        ("order", "oredr"),
        ("kitten", "sitting"),
    ]
    assert [count_slips(one, other) for one, other in pairs] == [0, 1, 1, 3, 1, 3]


letters = st.text(alphabet="abc", max_size=7)


@given(letters, letters)
def test_slips_are_the_same_both_ways_and_bounded(one: str, other: str) -> None:
    slips = count_slips(one, other)
    assert slips == count_slips(other, one)
    assert abs(len(one) - len(other)) <= slips <= max(len(one), len(other))
    assert (slips == 0) is (one == other)
