"""What each leaf and group means, and who wins."""

from typing import Any

import pytest

from tests.rules.shop import build_data, say

Facts = dict[str, Any]


def holds(when: dict[str, Any], facts: Facts, text: str = "hello") -> bool:
    data = build_data(
        {"when": {"all": [{"intent": "hi"}, when]}, "then": [{"close": True}]},
        {"when": {"intent": "bye"}, "then": [{"set": {"mood": "good"}}]},
    )
    return say(text, facts, data=data).rule == "a"


@pytest.mark.parametrize(
    ("leaf", "value", "expected"),
    [
        ({"is": 1}, 1, True),
        ({"is": 1}, 1.0, True),
        ({"is": 1}, "1", False),
        ({"is": 1}, True, False),
        ({"is": True}, 1, False),
        ({"is": True}, True, True),
        ({"is": "true"}, True, False),
        ({"in": ["a", 0]}, False, False),
        ({"in": ["a", 0]}, 0, True),
        ({"not": 1}, "1", True),
        ({"not": 1}, True, True),
        ({"not": 1}, 1.0, False),
        ({"not_in": [1, "a"]}, "a", False),
        ({"not_in": [1, "a"]}, "b", True),
        ({"at_least": 3}, 3, True),
        ({"at_least": 3}, 2.9, False),
        ({"at_most": 3}, 3, True),
        ({"at_most": 3}, 4, False),
        ({"above": 3}, 3, False),
        ({"above": 3}, 3.5, True),
        ({"below": 3}, 3, False),
        ({"below": 3}, -1, True),
        ({"at_least": 0}, True, False),
        ({"at_least": 0}, "5", False),
        ({"known": True}, False, True),
        ({"known": False}, 0, False),
    ],
)
def test_a_fact_is_tested_by_value_and_type(leaf: Facts, value: Any, expected: bool) -> None:
    assert holds({"fact": "turn", **leaf}, {"turn": value}) is expected


@pytest.mark.parametrize(
    "leaf",
    [{"is": 1}, {"not": 1}, {"in": [1]}, {"not_in": [1]}, {"at_least": 0}, {"known": True}],
)
def test_what_is_absent_makes_a_test_false_and_its_negation_true(leaf: Facts) -> None:
    test = {"fact": "turn", **leaf}
    assert not holds(test, {})
    assert holds({"none": [test]}, {})
    assert holds({"fact": "turn", "known": False}, {})


@pytest.mark.parametrize(
    ("leaf", "text", "expected"),
    [
        ({"entity": "size"}, "hello small", True),
        ({"entity": "size"}, "hello", False),
        ({"entity": "size", "is": "large"}, "hello small big", True),
        ({"entity": "size", "in": ["large"]}, "hello small", False),
        ({"fact": "entity.size", "not": "large"}, "hello small big", False),
        ({"fact": "entity.size", "not": "large"}, "hello small", True),
        ({"fact": "entity.size", "not": "large"}, "hello", False),
        ({"slot": "size", "is": "small"}, "hello small", True),
        ({"slot": "size", "known": False}, "hello small", False),
        ({"intent": "bye"}, "hello goodbye", True),
        ({"fact": "intent", "is": "hi"}, "hello", True),
        ({"fact": "intent", "is": "hi"}, "hello goodbye", False),
        ({"fact": "intents", "not": "bye"}, "hello", True),
        ({"fact": "intents", "not": "bye"}, "hello goodbye", False),
    ],
)
def test_what_the_text_says_is_tested_like_any_fact(leaf: Facts, text: str, expected: bool) -> None:
    assert holds(leaf, {}, text) is expected


def test_groups_nest_and_negations_cancel() -> None:
    inner = {"none": [{"none": [{"fact": "turn", "at_least": 2}]}]}
    assert holds({"any": [inner, {"fact": "site", "is": "x"}]}, {"turn": 2})
    assert not holds({"any": [inner, {"fact": "site", "is": "x"}]}, {"turn": 1})
    assert holds({"none": [{"all": [{"fact": "turn", "is": 1}, {"intent": "bye"}]}]}, {"turn": 1})


def test_a_condition_that_contradicts_itself_never_holds() -> None:
    tests = [{"fact": "turn", "is": 1}, {"none": [{"fact": "turn", "is": 1.0}]}]
    assert not holds({"all": tests}, {"turn": 1})


def test_a_new_mention_replaces_the_slot() -> None:
    decision = say("hello big, not small", {"slot.size": "small"}, data=build_data())
    assert decision.slots == {"size": "large"}
    assert decision.entities == {"size": ("large", "small")}


def build_rule(name: str, when: Any, priority: int = 0) -> dict[str, Any]:
    return {"name": name, "priority": priority, "when": when, "then": [{"close": True}]}


HI = {"intent": "hi"}


@pytest.mark.parametrize(
    ("rules", "winner"),
    [
        ([build_rule("a", {"all": [HI, HI]}), build_rule("b", HI, 1)], "b"),
        ([build_rule("a", HI), build_rule("b", {"all": [HI, HI]})], "b"),
        ([build_rule("a", HI), build_rule("b", {"any": [HI, {"intent": "bye"}]})], "b"),
        ([build_rule("a", HI), build_rule("b", {"all": [HI, {"none": [{"intent": "bye"}]}]})], "b"),
        ([build_rule("b", HI), build_rule("a", HI), build_rule("ä", HI)], "a"),
        ([build_rule("a", HI), build_rule("B", HI)], "B"),
    ],
)
def test_the_total_order_is_priority_then_leaves_then_code_points(
    rules: list[dict[str, Any]], winner: str
) -> None:
    assert say("hello", data=build_data(*rules)).rule == winner


def test_asking_adds_no_leaf_to_the_order() -> None:
    ask = {"when": HI, "then": [{"ask": "size", "prompt": "?!"}]}
    assert say("hello", data=build_data(build_rule("A", HI), ask)).rule == "A"


def test_facts_that_the_text_decides_cannot_be_smuggled_in() -> None:
    smuggled: Facts = {"intents": "hi", "intent": "hi", "entity.size": "small"}
    decision = say("nothing", smuggled, data=build_data(build_rule("a", HI)))
    assert decision.rule is None
