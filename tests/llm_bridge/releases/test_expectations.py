"""What a case asks of its answer, in words that a shop owner writes."""

from __future__ import annotations

import pytest

from llm_bridge.releases.expectations import (
    ExpectationError,
    Expected,
    find_problems,
    parse_expected,
    says,
)


@pytest.mark.parametrize(
    ("text", "line", "is_said"),
    [
        ("Returns are free within 30 days.", "30 days", True),
        ("RETURNS ARE FREE", "returns are free", True),
        ("within 130 days", "30 days", False),
        ("We don’t ship there", "don't ship", True),
        ("It costs 5.90 €", "5.90", True),
        ("30 Tage", "/30 (days|tage)/", True),
        ("thirty days", "/\\d+ days/", False),
        ("退货免费", "退货免费", True),
        ("", "anything", False),
    ],
)
def test_a_line_is_whole_words_or_an_expression(text: str, line: str, is_said: bool) -> None:
    assert says(text, line) is is_said


def test_all_that_is_wrong_is_said() -> None:
    expected = Expected(("free",), ("sorry",), "handoff")
    problems = list(find_problems(expected, text="Sorry, it costs.", action="continue"))
    assert problems == [
        "It should be a handover and is an answer.",
        "It does not say “free”.",
        "It says “sorry”.",
    ]


@pytest.mark.parametrize("line", ["/(/", "/(?=a)/", "x" * 301, "!!!"])
def test_a_line_that_cannot_be_looked_for_is_refused(line: str) -> None:
    with pytest.raises(ExpectationError):
        parse_expected({"must_say": [line]})


def test_an_expression_that_would_take_for_ever_takes_no_time() -> None:
    assert not says("a" * 5_000 + "!", "/(a+)+$/")


def test_an_action_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ExpectationError, match="no action"):
        parse_expected({"action": "dance"})
