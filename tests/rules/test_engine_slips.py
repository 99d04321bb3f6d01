"""Slips of the engine: which words are near which, and phrases that forgive them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.engine.matcher import Matcher
from rules.engine.slips import build_finder, count_slips
from rules.reference import ReferenceEvaluator
from rules.rulebook.parsing import parse_rulebook
from tests.rules.worlds import patient


@pytest.mark.parametrize(
    ("one", "other", "slips"),
    [
        ("refund", "refund", 0),
        ("refund", "refnud", 1),
        ("refund", "refun", 1),
        ("refund", "reefund", 1),
        ("refund", "rifund", 1),
        ("ca", "abc", 3),  # a letter that was swapped is not touched again
        ("refund", "", 6),
        ("заказ", "заакз", 1),
        ("cancellation", "cancelatoin", 2),
    ],
)
def test_each_slip_counts_once(one: str, other: str, slips: int) -> None:
    assert count_slips(one, other) == count_slips(other, one) == slips


letters = st.text(alphabet="abcd", min_size=3, max_size=10)


@given(word=letters, known=st.dictionaries(letters, st.integers(1, 2), max_size=8))
def test_the_index_finds_exactly_what_is_near(word: str, known: dict[str, int]) -> None:
    near = {each: count_slips(word, each) for each in known}
    expected = {each: slips for each, slips in near.items() if slips <= known[each]}
    assert dict(build_finder(known)(word)) == expected


def test_a_very_long_word_is_found_as_well_and_nothing_of_it_is_spelled_out() -> None:
    long = "donaudampfschifffahrtsgesellschaft" * 20
    find_near = build_finder({long: 2, "refund": 1})
    assert find_near(long[:9] + long[11:]) == ((long, 2),)
    assert find_near(long[3:]) == ()
    assert find_near("refun") == (("refund", 1),)


def test_words_far_too_long_cost_nothing() -> None:
    assert build_finder({"refund": 1})("x" * 2_000) == ()


INTENTS: dict[str, Any] = {
    "refund": {
        "phrases": ["refund my order", "refund * now"],
        "avoid": ["never refund"],
        "typos": ["refund"],
    },
    "order": {"phrases": ["order", "cancellation [of] order"], "typos": {"cancellation": 2}},
}


@pytest.mark.parametrize(
    ("text", "intents"),
    [
        ("please refnud my order", ("order", "refund")),
        ("refund my odrer", ()),  # only the word that was named forgives
        ("rfund it all right now", ("refund",)),
        ("rfund it all right and now", ("refund",)),
        ("rfund it all right and here now", ()),
        ("never reffund my order", ("order",)),
        ("canselation of order", ("order",)),
        ("refun refun my order", ("order", "refund")),
        ("refuses my order", ("order",)),
    ],
)
def test_a_phrase_forgives_slips_of_its_named_words(text: str, intents: tuple[str, ...]) -> None:
    rulebook = parse_rulebook({"rulebook": 1, "intents": INTENTS})
    assert Matcher(rulebook).recognise(text).intents == intents
    assert ReferenceEvaluator(rulebook).recognise(text).intents == intents


WORDS = ["refund", "refnud", "rfund", "order", "my", "now", "never", "cancelation", "of"]
messages = st.lists(st.sampled_from(WORDS) | letters, max_size=12).map(" ".join)


@patient
@given(text=messages)
def test_engine_and_reference_forgive_alike(text: str) -> None:
    rulebook = parse_rulebook({"rulebook": 1, "intents": INTENTS})
    found = Matcher(rulebook).recognise(text)
    assert found == ReferenceEvaluator(rulebook).recognise(text)


def test_only_the_intent_that_asked_forgives() -> None:
    intents = {
        "strict": {"phrases": ["refund"]},
        "mild": {"phrases": ["refund"], "typos": ["refund"]},
    }
    matcher = Matcher(parse_rulebook({"rulebook": 1, "intents": intents}))
    assert matcher.recognise("refund").intents == ("mild", "strict")
    assert matcher.recognise("refumd").intents == ("mild",)
