"""Loop guards: no rule answers three times in a row, and no answer is given twice in a row."""

from typing import Any

import pytest

from rules.decision import Decision
from rules.language.facts import Scalar
from rules.loops import digest_answer
from rules.memory import build_last_facts
from tests.rules.shop import build_data, say

GREET = {"name": "greet", "when": {"intent": "hi"}, "then": [{"reply": "Hello {visitor.name}!"}]}
TWICE: dict[str, Scalar] = {"last_rule": "greet", "last_rule_run": 2}
SAME = {"last_answer": digest_answer("Hello Zoë!")}
NAME = {"visitor.name": "Zoë"}


def decide(facts: dict[str, Any], *rules: dict[str, Any], **more: Any) -> Decision:
    return say("hello", {**NAME, **facts}, data=build_data(*(rules or (GREET,)), **more))


def assert_left(decision: Decision, loop: str) -> None:
    assert (decision.route, decision.reason) == ("escalate", f"loop:{loop}")
    assert (decision.rule, decision.reply, decision.options) == (None, None, ())


def talk(*names: str, rules: tuple[dict[str, Any], ...] = (GREET,)) -> list[str]:
    """Why each of these people's greetings, one after the other, was answered as it was."""
    reasons: list[str] = []
    last: dict[str, Scalar] = {}
    for name in names:
        decision = decide({**last, "visitor.name": name}, *rules)
        last = build_last_facts(decision, last)
        reasons.append(str(decision.reason))
    return reasons


def test_a_rule_answers_twice_in_a_row_and_not_three_times() -> None:
    assert_left(decide(TWICE), "same_rule")
    assert decide({**TWICE, "last_rule_run": 1}).rule == "greet"
    assert decide({**TWICE, "last_rule": "other"}).rule == "greet"
    assert talk("Ada", "Bea", "Cy", "Di") == ["matched", "matched", "loop:same_rule", "matched"]


def test_the_last_answer_is_not_given_again() -> None:
    assert_left(decide(SAME), "same_answer")
    assert decide({**SAME, "visitor.name": "Ada"}).reply == "Hello Ada!"
    assert talk("Ada", "Ada", "Ada") == ["matched", "loop:same_answer", "matched"]


def test_another_rule_with_the_same_words_gives_the_same_answer() -> None:
    twin = {**GREET, "name": "twin", "priority": 1}
    assert_left(decide({**SAME, "last_rule": "greet", "last_rule_run": 1}, twin), "same_answer")


def test_without_facts_of_a_last_answer_nothing_is_a_loop() -> None:
    assert decide({}).rule == "greet"
    assert decide({"last_rule": "greet"}).rule == "greet"


@pytest.mark.parametrize("run", ["2", True, "", -1, 1.9])
def test_a_run_is_a_number_of_at_least_two(run: Any) -> None:
    assert decide({**TWICE, "last_rule_run": run}).rule == "greet"


@pytest.mark.parametrize(
    "last",
    [
        {"ask": "size", "prompt": "Size?"},
        {"handoff": True},
        {"close": True},
    ],
)
def test_questions_handovers_and_farewells_may_be_said_again(last: dict[str, Any]) -> None:
    rule = {**GREET, "then": [{"reply": "Hello {visitor.name}!"}, last]}
    said = decide({}, rule).reply
    assert said is not None
    again = decide({**TWICE, "last_answer": digest_answer(said)}, rule)
    assert (again.rule, again.reply) == ("greet", said)


def test_what_escalates_or_says_nothing_is_no_answer_to_repeat() -> None:
    model = {**GREET, "then": [{"reply": "A moment."}, {"escalate": True}]}
    facts = {**TWICE, "last_answer": digest_answer("A moment.")}
    assert decide(facts, model).reason == "escalated"
    silent = {**GREET, "then": [{"tag": "t"}]}
    assert decide(TWICE, silent).rule == "greet"
    assert talk("Ada", "Ada", "Ada", rules=(silent,)) == ["matched"] * 3


def test_a_criterion_of_the_rulebook_is_named_before_a_loop() -> None:
    decision = decide({**TWICE, **SAME}, complex=["repeated_rule"])
    assert decision.reason == "complex:repeated_rule"
    assert decide({**TWICE, **SAME}).reason == "loop:same_rule"


def test_a_sealed_intent_stays_sealed() -> None:
    sealed = {"hi": {"phrases": ["hello"], "llm": "never"}}
    assert decide(SAME, intents=sealed).sealed


def test_what_the_rule_set_and_tagged_stays() -> None:
    rule = {**GREET, "then": [{"set": {"size": "small"}}, {"tag": "t"}, *GREET["then"]]}
    decision = decide(SAME, rule)
    assert_left(decision, "same_answer")
    assert (decision.slots, decision.tags) == ({"size": "small"}, ("t",))


def test_while_a_webhook_is_asked_nothing_is_said_and_nothing_is_a_loop() -> None:
    call = {**GREET, "then": [{"reply": "I looked."}, {"call": "w"}]}
    last = {"name": "last", "when": {"fact": "call.w.ok", "is": True}, "then": [{"reply": "Yes."}]}
    data = build_data(call, last, webhooks={"w": {"url": "https://hooks.example/"}})
    facts = {"last_answer": digest_answer("I looked.\n\nYes.")}
    assert say("hello", {**TWICE, **facts}, data=data).call == "w"
    answers = {"w": {"ok": True}}
    assert_left(say("hello", facts, data=data, answers=answers), "same_answer")
    often = {"last_rule": "last", "last_rule_run": 2}
    assert_left(say("hello", often, data=data, answers=answers), "same_rule")
    assert say("hello", TWICE, data=data, answers=answers).reply == "I looked.\n\nYes."


def test_a_handover_counts_as_an_answer_and_an_escalation_ends_every_run() -> None:
    person = {**GREET, "then": [{"handoff": True}]}
    once = build_last_facts(decide({}, person), {})
    assert once == {"last_rule": "greet", "last_rule_run": 1}
    assert build_last_facts(decide(once, person), once)["last_rule_run"] == 2
    nothing = say("what", {**NAME, **TWICE}, data=build_data(GREET))
    assert build_last_facts(nothing, TWICE) == {}
