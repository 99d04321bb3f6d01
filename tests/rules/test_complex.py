"""What a rulebook leaves to the model although a rule won: each criterion, and who is exempt."""

from typing import Any

import pytest

from rules.decision import Asked, Decision
from tests.rules.shop import build_data, say

ALL = ["two_intents", "asks_spent", "repeated_rule", "rejected_answer"]
INTENTS = {
    "hi": {"phrases": ["hello"]},
    "bye": {"phrases": ["goodbye"]},
    "price": {"phrases": ["how much"], "llm": "never"},
    "wrong": {"phrases": ["wrong"], "tag": "rejection"},
}
GREET = {"name": "greet", "when": {"intent": "hi"}, "then": [{"reply": "Hello!"}]}
ASK: dict[str, Any] = {
    "name": "ask",
    "when": {"intent": "hi"},
    "then": [{"ask": "size", "prompt": "Size?", "retries": 0}],
}


def decide(
    text: str, *rules: dict[str, Any], criteria: list[str] | None = None, **more: Any
) -> Decision:
    data = build_data(*(rules or (GREET,)), intents=INTENTS, complex=criteria or [])
    return say(text, data=data, **more)


def assert_left(decision: Decision, criterion: str) -> None:
    assert (decision.route, decision.reason) == ("escalate", f"complex:{criterion}")
    assert (decision.rule, decision.reply, decision.options) == (None, None, ())
    assert decision.asked is None


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("hello, goodbye", {}),
        ("hello", {"last_rule": "greet"}),
        ("hello", {"last_rejected": True}),
        ("hello, wrong", {}),
    ],
)
def test_without_a_word_about_it_nothing_is_too_complex(text: str, facts: dict[str, Any]) -> None:
    assert decide(text, facts=facts).rule == "greet"


def test_two_intents_that_no_rule_names_together() -> None:
    both = {"name": "both", "when": {"all": [{"intent": "hi"}, {"intent": "price"}]}}
    rules = (GREET, {**both, "then": [{"reply": "Hello, 5 EUR."}]})
    assert_left(decide("hello and goodbye", *rules, criteria=ALL), "two_intents")
    assert decide("hello, how much", *rules, criteria=ALL).rule == "both"
    assert decide("hello", *rules, criteria=ALL).rule == "greet"
    assert_left(decide("hello, how much, goodbye", *rules, criteria=ALL), "two_intents")


def test_naming_an_intent_to_exclude_it_is_naming_it() -> None:
    only = {"name": "only", "when": {"all": [{"intent": "hi"}, {"none": [{"intent": "bye"}]}]}}
    rules = (GREET, {**only, "then": [{"reply": "Only hello."}]})
    assert decide("hello and goodbye", *rules, criteria=ALL).rule == "greet"


def test_a_change_of_subject_is_one_wish() -> None:
    leave = {"name": "leave", "when": {"intent": "bye"}, "then": [{"reply": "Bye!"}], "priority": 1}
    asked = Asked(slot="size", rule="ask", tries=1, intents=("hi",))
    assert decide("goodbye", ASK, leave, criteria=ALL, asked=asked).rule == "leave"
    sized = {"name": "sized", "when": {"all": [{"intent": "hi"}, {"slot": "size", "is": "small"}]}}
    rules = (ASK, {**leave, "priority": 0}, {**sized, "priority": 2, "then": [{"reply": "S."}]})
    assert decide("small", *rules, criteria=ALL, asked=asked).rule == "sized"
    left = decide("small, goodbye", *rules, criteria=ALL, asked=asked)
    assert_left(left, "two_intents")
    assert left.slots == {"size": "small"}


def test_asks_used_up_go_to_the_model_instead_of_a_person() -> None:
    asked = Asked(slot="size", rule="ask", tries=1, intents=("hi",))
    assert_left(decide("hm", ASK, criteria=["asks_spent"], asked=asked), "asks_spent")
    spent = decide("hm", ASK, criteria=["repeated_rule"], asked=asked)
    assert (spent.route, spent.reason, spent.handoff) == ("rule", "asks_spent", "default")


def test_a_question_that_may_be_repeated_is_no_repeated_rule() -> None:
    patient = {**ASK, "then": [{"ask": "size", "prompt": "Size?", "retries": 1}]}
    asked = Asked(slot="size", rule="ask", tries=1, intents=("hi",))
    again = decide("hello", patient, criteria=ALL, asked=asked, facts={"last_rule": "ask"})
    assert (again.reason, again.reply) == ("asking_again", "Size?")


def test_the_same_rule_twice_in_a_row() -> None:
    criteria = ["repeated_rule"]
    assert_left(decide("hello", criteria=criteria, facts={"last_rule": "greet"}), "repeated_rule")
    assert decide("hello", criteria=criteria, facts={"last_rule": "other"}).rule == "greet"


def test_a_rejected_answer() -> None:
    criteria = ["rejected_answer"]
    thumb = decide("hello", criteria=criteria, facts={"last_rejected": True})
    assert_left(thumb, "rejected_answer")
    assert_left(decide("wrong, hello", criteria=criteria), "rejected_answer")
    assert decide("hello", criteria=criteria, facts={"last_rejected": False}).rule == "greet"


@pytest.mark.parametrize("criteria", [ALL, ALL[::-1]])
def test_the_first_of_the_files_list_is_the_reason(criteria: list[str]) -> None:
    facts = {"last_rule": "greet", "last_rejected": True}
    first = next(each for each in criteria if each != "asks_spent")
    assert_left(decide("hello, goodbye", criteria=criteria, facts=facts), first)


def test_rules_that_hand_over_are_exempt_and_so_is_having_no_rule() -> None:
    person = {"name": "person", "when": {"intent": "hi"}, "then": [{"handoff": True}]}
    facts = {"last_rule": "person", "last_rejected": True}
    assert decide("hello, goodbye", person, criteria=ALL, facts=facts).handoff == "default"
    assert decide("goodbye, wrong", person, criteria=ALL, facts=facts).reason == "no_match"


def test_a_sealed_intent_stays_sealed() -> None:
    decision = decide("hello, how much", criteria=ALL)
    assert_left(decision, "two_intents")
    assert decision.sealed


def test_it_is_judged_again_after_a_webhook_and_what_was_set_stays() -> None:
    call = {
        "name": "call",
        "when": {"intent": "hi"},
        "then": [{"reply": "A moment."}, {"set": {"size": "small"}}, {"tag": "t"}, {"call": "w"}],
    }
    last = {"name": "last", "when": {"fact": "call.w.ok", "is": True}, "then": [{"reply": "Yes."}]}
    data = build_data(
        call,
        last,
        intents=INTENTS,
        complex=["repeated_rule"],
        webhooks={"w": {"url": "https://hooks.example/"}},
    )
    facts = {"last_rule": "last"}
    assert say("hello", facts, data=data).call == "w"
    left = say("hello", facts, data=data, answers={"w": {"ok": True}})
    assert_left(left, "repeated_rule")
    assert (left.slots, left.tags) == ({"size": "small"}, ("t",))
