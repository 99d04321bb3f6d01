"""The example of the interface document means what the document says."""

from pathlib import Path
from typing import Any

import pytest

from rules.decision import Situation, decide, decision_line
from rules.evaluator import build_evaluator, build_evaluators
from rules.findings.examples import find_failures
from rules.rulebook.yaml_file import read_rulebook
from tests.rules.shop import RULEBOOK, say

GOLD = {"hours": "open", "visitor.tier": "gold"}


def test_all_its_own_examples_come_out_right() -> None:
    evaluators = build_evaluators(RULEBOOK)
    assert find_failures(RULEBOOK, evaluators) == ()


@pytest.mark.parametrize(
    "text",
    [
        "WHERE is my   parcel?!",
        "track order",
        "please track my order now",
        "track an order",
        "has the order I made last arrived",
        "tracking number",
    ],
)
def test_each_way_to_say_it_is_recognised(text: str) -> None:
    assert say(text).intents == ("track_order",)


@pytest.mark.parametrize(
    "text",
    [
        "where is my kettle",
        "track the order",
        "order one two three four five arrived",
        "Tracking Number",
        "tracking numbers",
        "track order and order a b cancel",
        "I want to order a kettle",
    ],
)
def test_what_is_close_but_different_is_not_recognised(text: str) -> None:
    assert say(text).intents == ()


def test_the_status_rule_fills_its_placeholder_and_offers_a_person() -> None:
    decision = say("where is my order AB-123456", GOLD)
    assert (decision.rule, decision.reply) == ("order_status", "Order AB-123456 is on its way.")
    assert decision.options == ("Talk to a person",)
    assert decision.slots == {"order_number": "AB-123456"}
    assert decision.sealed


@pytest.mark.parametrize(
    "facts", [{}, {"hours": "open"}, GOLD | {"hours": "closed"}, GOLD | {"visitor.tier": "bronze"}]
)
def test_without_one_condition_the_status_rule_does_not_hold(facts: dict[str, Any]) -> None:
    decision = say("where is my order AB-123456", facts)
    assert (decision.route, decision.rule, decision.reason) == ("escalate", None, "no_match")


def test_a_complaint_goes_to_its_queue_even_beside_an_order() -> None:
    decision = say("where is my order AB-123456, this is a scandal", GOLD)
    assert (decision.rule, decision.handoff) == ("complaint_to_person", "complaints")
    assert decision.intents == ("complaint", "track_order")


def test_a_line_of_decide_has_the_documented_fields() -> None:
    text = "where is my order AB-123456 with the water boiler"
    decision = decide(build_evaluator(RULEBOOK), Situation(text=text, facts=GOLD))
    assert decision_line(decision, text) == {
        "text": text,
        "route": "rule",
        "rule": "order_status",
        "reason": "matched",
        "intents": ["track_order"],
        "reply": "Order AB-123456 is on its way.",
        "entities": {"order_number": ["AB-123456"], "product": ["kettle"]},
    }


def test_the_guides_example_is_sound() -> None:
    guide = (Path(__file__).parents[2] / "docs/rulebook.md").read_text(encoding="utf-8")
    example = guide.partition("```yaml\n")[2].partition("```")[0]
    _, rulebook = read_rulebook(example.encode())
    assert [*rulebook.rules] == ["look_up", "shipped", "ask_order_number", "black_friday"]
