"""Which models are asked in which order, and how a plan is read and printed."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from llm_bridge.plan import (
    Choice,
    HardWhen,
    Parameters,
    Plan,
    PlanError,
    parse_plan,
    to_json,
)
from tests.llm_bridge.asking import QUERY

SMALL = Choice("mistral", "mistral-small-latest")
LARGE = Choice("openai", "gpt-5.4", reasoning_effort="low")
PLAN = Plan(
    release=7,
    choices=(SMALL, LARGE),
    hard_choices=(LARGE,),
    hard_when=HardWhen(words=40, questions=3, no_source=True, unanswered=2),
    prompt="3",
    parameters=Parameters(temperature=0.1, max_tokens=500),
)


def test_an_easy_question_goes_to_the_small_model_first() -> None:
    assert PLAN.get_order(QUERY) == (SMALL, LARGE)


@pytest.mark.parametrize(
    "query",
    [
        replace(QUERY, question="word " * 40),
        replace(QUERY, question="Is it free? How long? And who pays?"),
        replace(QUERY, question="免费吗？多久？谁付？"),
        replace(QUERY, sources=()),
        replace(QUERY, unanswered=2),
    ],
    ids=["long", "three questions", "three questions in Chinese", "no source", "no answer twice"],
)
def test_a_hard_question_goes_to_the_large_model_first_and_to_the_small_one_after(
    query: object,
) -> None:
    assert PLAN.get_order(query) == (LARGE, SMALL)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "query",
    [
        replace(QUERY, question="word " * 39),
        replace(QUERY, question="Is it free? How long?"),
        replace(QUERY, unanswered=1),
    ],
)
def test_a_question_below_every_limit_is_easy(query: object) -> None:
    assert PLAN.get_order(query)[0] == SMALL  # type: ignore[arg-type]


def test_without_criteria_no_question_is_hard() -> None:
    plan = replace(PLAN, hard_when=HardWhen())
    assert plan.get_order(replace(QUERY, question="? " * 900, sources=())) == (SMALL, LARGE)


def test_a_plan_printed_and_read_again_is_the_same() -> None:
    printed = json.dumps(to_json(PLAN))
    assert parse_plan(printed, release=7) == PLAN
    assert parse_plan(json.loads(printed), release=7) == PLAN


def test_a_short_plan_takes_the_defaults() -> None:
    assert parse_plan('{"choices": [{"provider": "a"}]}') == Plan(None, (Choice("a"),))


CHOICES = [{"provider": "a"}]


@pytest.mark.parametrize(
    ("raw", "complaint"),
    [
        ("{", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ([], "the plan must be a JSON object"),
        ({}, "choices is empty"),
        ({"choices": "a"}, "choices must be a list"),
        ({"choices": CHOICES * 9}, "at most 8"),
        ({"choices": ["a"]}, "choices[0] must be a JSON object"),
        ({"choices": [{"model": "m"}]}, "choices[0].provider is empty"),
        ({"choices": [{"provider": 1}]}, "choices[0].provider must be a text"),
        ({"choices": [{"provider": "a", "modle": "m"}]}, "did you mean 'model'?"),
        ({"choices": CHOICES, "hard_wen": {}}, "did you mean 'hard_when'?"),
        ({"choices": CHOICES, "release": 3}, "unknown field 'release'"),
        ({"choices": CHOICES, "hard_when": {"words": 0}}, "hard_when.words is 0"),
        ({"choices": CHOICES, "hard_when": {"words": True}}, "hard_when.words is True"),
        ({"choices": CHOICES, "hard_when": {"no_source": 1}}, "give true or false"),
        ({"choices": CHOICES, "parameters": {"temperature": 3}}, "from 0 to 2"),
        ({"choices": CHOICES, "parameters": {"max_tokens": 1.5}}, "a whole number from 1 to 8000"),
        ({"choices": CHOICES, "parameters": {"max_tokens": 10**9}}, "from 1 to 8000"),
        ({"choices": CHOICES, "prompt": "x" * 4_001}, "prompt must be a text of at most 4,000"),
    ],
)
def test_a_plan_that_makes_no_sense_says_what_was_expected(raw: object, complaint: str) -> None:
    with pytest.raises(PlanError) as raised:
        parse_plan(raw)
    assert complaint in str(raised.value)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-1"])
def test_numbers_that_are_none_are_refused(number: str) -> None:
    with pytest.raises(PlanError):
        parse_plan(
            f'{{"choices": [{{"provider": "a"}}], "parameters": {{"temperature": {number}}}}}'
        )
