"""Passes: webhooks are asked, their answers are facts, and the rules run again."""

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from rules.decision import Asked, Decision, Situation, decide, find_passes, settle
from rules.evaluator import build_evaluators
from rules.rulebook.parsing import parse_rulebook
from tests.rules.shop import build_data

HOOKS = {f"w{n}": {"url": "https://hooks.example/"} for n in range(1, 10)}
HI = {"intent": "hi"}
CALL: dict[str, Any] = {
    "when": HI,
    "then": [{"set": {"mood": "calm"}}, {"tag": "asked"}, {"reply": "One."}, {"call": "w1"}],
}
GOT = {
    "when": {"all": [HI, {"fact": "call.w1.got", "is": 1}]},
    "priority": 1,
    "then": [{"reply": "Got {call.w1.got} in a {mood} way."}],
}
FAILED = {
    "when": {"all": [HI, {"fact": "call.w1.ok", "is": False}]},
    "priority": 1,
    "then": [{"reply": "Failed: {call.w1.error}."}],
}


def run(
    *rules: dict[str, Any],
    facts: dict[str, Any] | None = None,
    answers: dict[str, Any] | None = None,
    asked: Asked | None = None,
    ends: bool = False,
    text: str = "hello",
    **sections: Any,
) -> Decision:
    """What both evaluators decide, which is one and the same."""
    rulebook = parse_rulebook(build_data(*rules, **{"webhooks": HOOKS, **sections}))
    situation = Situation(text=text, facts=facts or {}, asked=asked, answers=answers or {})
    first, *others = (
        (settle if ends else decide)(evaluator, situation)
        for evaluator in build_evaluators(rulebook)
    )
    assert others == [first] * len(others)
    return first


def test_a_rule_that_calls_waits_for_the_answer_and_says_what_to_send() -> None:
    hooks = {"w1": {"url": "https://hooks.example/", "send": ["slot.mood", "slot.size", "intents"]}}
    decision = run(CALL, webhooks=hooks)
    assert (decision.call, decision.reason, decision.rule) == ("w1", "calling", "a")
    assert decision.sent == {"slot.mood": "calm", "intents": ("hi",)}
    assert decision.slots == {"mood": "calm"}


def test_the_answer_becomes_facts_and_all_that_was_done_is_kept() -> None:
    decision = run(CALL, GOT, answers={"w1": {"ok": True, "got": 1}})
    assert (decision.rule, decision.reason, decision.call) == ("b", "matched", None)
    assert decision.reply == "One.\n\nGot 1 in a calm way."
    assert (decision.tags, decision.slots) == (("asked",), {"mood": "calm"})


def test_a_failure_is_an_answer_too() -> None:
    decision = run(CALL, FAILED, answers={"w1": {"ok": False, "error": "timeout"}})
    assert decision.reply == "One.\n\nFailed: timeout."


def test_settling_calls_nothing() -> None:
    assert run(CALL, FAILED, ends=True).reply == "One.\n\nFailed: not\\_called."


def test_without_a_rule_for_the_answer_it_goes_on_with_what_was_said() -> None:
    decision = run(CALL, answers={"w1": {"ok": True}})
    assert (decision.route, decision.reason, decision.rule) == ("escalate", "no_match", None)
    assert (decision.reply, decision.slots) == ("One.", {"mood": "calm"})


def test_facts_of_an_answer_are_an_answer() -> None:
    decision = run(CALL, GOT, facts={"call.w1.got": 1})
    assert (decision.rule, decision.reply) == ("b", "Got 1 in a  way.")
    assert run(CALL, facts={"call.w1.ok": False}).reason == "no_match"


def build_chain(length: int) -> list[dict[str, Any]]:
    """Rules of which each asks the next webhook once the one before has answered."""
    return [
        {
            "name": f"r{n}",
            "when": {"all": [HI, *([{"fact": f"call.w{n - 1}.ok", "known": True}] * (n > 1))]},
            "priority": n,
            "then": [{"call": f"w{n}"}],
        }
        for n in range(1, length + 1)
    ]


def test_the_rules_run_at_most_eight_times() -> None:
    answers = {name: {"ok": True} for name in HOOKS}
    last = {
        "name": "last",
        "when": {"all": [HI, {"fact": "call.w7.ok", "known": True}]},
        "then": [{"reply": "Done."}],
        "priority": 20,
    }
    assert run(*build_chain(7), last, answers=answers).reply == "Done."
    spent = run(*build_chain(9), answers=answers)
    assert (spent.route, spent.reason, spent.rule) == ("escalate", "passes_spent", None)
    assert spent.call is None


def test_a_question_after_a_call_is_repeated_as_often_as_it_may_be() -> None:
    ask = {
        "when": {"all": [HI, {"fact": "call.w1.ok", "is": True}]},
        "then": [{"ask": "size", "prompt": "Size?", "retries": 1}],
    }
    answers = {"w1": {"ok": True}}
    asked = None
    reasons = []
    for _ in range(3):
        decision = run(CALL, ask, answers=answers, asked=asked, text="hello" if not asked else "hm")
        reasons.append(decision.reason)
        asked = decision.asked
    assert reasons == ["matched", "asking_again", "asks_spent"]


def test_every_pass_keeps_the_facts_it_saw() -> None:
    rulebook = parse_rulebook(build_data(CALL, GOT, webhooks=HOOKS))
    situation = Situation(text="hello", answers={"w1": {"ok": True, "got": 1}})
    for evaluator in build_evaluators(rulebook):
        first, second = find_passes(evaluator, situation)
        assert (first.winner, second.winner) == (rulebook.rules["a"], rulebook.rules["b"])
        assert "slot.mood" not in first.facts
        assert {"slot.mood", "call.w1.ok", "call.w1.got"} <= second.facts.keys()


@given(
    got=st.sampled_from([0, 1, "1", True, (1, 2)]),
    ok=st.booleans(),
    text=st.sampled_from(["hello", "goodbye", "hello goodbye", "no"]),
)
def test_deciding_in_steps_is_deciding_at_once(got: Any, ok: bool, text: str) -> None:
    rulebook = parse_rulebook(build_data(CALL, GOT, FAILED, webhooks=HOOKS))
    answer = {"ok": ok, "got": got}
    decisions = []
    for evaluator in build_evaluators(rulebook):
        situation = Situation(text=text)
        decision = decide(evaluator, situation)
        if decision.call is not None:
            situation = replace(situation, answers={decision.call: answer})
            decision = decide(evaluator, situation)
        assert decision == decide(evaluator, Situation(text=text, answers={"w1": answer}))
        decisions.append(decision)
    assert decisions.count(decisions[0]) == len(decisions)
