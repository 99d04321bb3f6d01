"""Asking for a slot: prompt, repeats, a person, and all the ways a question lapses."""

from typing import Any

import pytest

from rules.asking import AskedError
from rules.decision import Asked, parse_asked
from tests.rules.shop import build_data, say

OPEN = Asked(slot="order_number", rule="ask_order_number", tries=1, intents=("track_order",))


def test_asking_opens_a_question_that_remembers_the_intents() -> None:
    decision = say("where is my order")
    assert decision.reply == "What is your order number?"
    assert decision.asked == OPEN


def test_the_value_answers_with_the_asking_turns_intents() -> None:
    decision = say("AB-123456", {"hours": "open", "visitor.tier": "gold"}, asked=OPEN)
    assert (decision.rule, decision.asked) == ("order_status", None)
    assert decision.intents == ("track_order",)


def test_without_a_value_the_prompt_repeats_up_to_retries_then_a_person() -> None:
    first = say("I do not know", asked=OPEN)
    second = say("really", asked=first.asked)
    spent = say("no idea", asked=second.asked)
    assert [first.reason, second.reason, spent.reason] == [
        "asking_again",
        "asking_again",
        "asks_spent",
    ]
    assert first.reply == second.reply == "What is your order number?"
    assert (spent.route, spent.rule, spent.handoff) == ("rule", "ask_order_number", "default")
    assert (spent.reply, spent.asked) == (None, None)


def test_another_winner_answers_and_the_question_lapses() -> None:
    ask = {"when": {"intent": "hi"}, "then": [{"ask": "size", "prompt": "Size?"}]}
    leave = {"when": {"intent": "bye"}, "then": [{"close": True}], "priority": 1}
    data = build_data(ask, leave)
    decision = say("goodbye", data=data, asked=say("hello", data=data).asked)
    assert (decision.rule, decision.asked, decision.close) == ("b", None, True)


def test_a_filled_slot_with_no_other_rule_lets_the_question_lapse() -> None:
    decision = say("AB-123456", asked=OPEN)
    assert (decision.reason, decision.asked) == ("no_match", None)


def test_the_same_wish_again_repeats_the_prompt_and_counts() -> None:
    decision = say("where is my order", asked=OPEN)
    assert decision.reason == "asking_again"
    assert decision.asked is not None
    assert decision.asked.tries == 2


def test_a_question_of_a_rule_that_is_gone_lapses() -> None:
    gone = Asked(slot="order_number", rule="old_rule", tries=1, intents=("old_intent",))
    assert say("no idea", asked=gone).reason == "no_match"


def test_another_asking_rule_opens_its_own_question() -> None:
    ask_size = {"when": {"intent": "hi"}, "then": [{"ask": "size", "prompt": "Size?"}]}
    ask_code = {
        "when": {"intent": "bye"},
        "then": [{"ask": "code", "prompt": "Code?"}],
        "priority": 1,
    }
    asked = say("hello", data=build_data(ask_size, ask_code)).asked
    decision = say("goodbye", data=build_data(ask_size, ask_code), asked=asked)
    assert decision.asked == Asked(slot="code", rule="b", tries=1, intents=("bye", "hi"))


def test_no_retries_means_a_person_after_the_first_silence() -> None:
    ask = {"when": {"intent": "hi"}, "then": [{"ask": "size", "prompt": "Size?", "retries": 0}]}
    data = build_data(ask)
    decision = say("hm", data=data, asked=say("hello", data=data).asked)
    assert decision.reason == "asks_spent"


def test_an_open_question_survives_json() -> None:
    assert parse_asked(OPEN.to_json()) == OPEN


@pytest.mark.parametrize("value", [None, {}, [], {**OPEN.to_json(), "tries": "1"}, "x"])
def test_what_is_no_open_question_is_refused(value: Any) -> None:
    with pytest.raises(AskedError):
        parse_asked(value)
