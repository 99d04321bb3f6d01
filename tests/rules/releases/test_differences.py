"""What changed between two versions, in sentences."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.releases import build_changes, build_hash

RULE = {
    "name": "order_status",
    "when": {"all": [{"intent": "track"}, {"slot": "number", "known": True}]},
    "then": [{"reply": "On its way."}],
}


def build(**rule: Any) -> dict[str, Any]:
    return {"rulebook": 1, "rules": [{**RULE, **rule}]}


def say(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return [str(change) for change in build_changes(before=before, after=after)]


LEAVES: list[tuple[dict[str, Any], str]] = [
    ({"fact": "hours", "is": "open"}, "hours is “open”"),
    ({"slot": "number", "known": False}, "number is not known"),
    ({"entity": "product"}, "product is mentioned"),
    ({"fact": "visitor.tier", "in": ["gold", 1, True]}, "visitor.tier is one of “gold”, 1, yes"),
    ({"fact": "turn", "at_least": 2, "below": 9}, "turn is at least 2 and turn is below 9"),
    (
        {"any": [{"intent": "a"}, {"none": [{"intent": "b"}]}]},
        "(the visitor wants a or not (the visitor wants b))",
    ),
]


@pytest.mark.parametrize(("leaf", "words"), LEAVES)
def test_a_condition_is_said_in_words(leaf: dict[str, Any], words: str) -> None:
    after = build(when={"all": [*RULE["when"]["all"], leaf]})  # type: ignore[index]
    assert say(build(), after) == [f"Rule order_status: condition added: {words}."]
    assert say(after, build()) == [f"Rule order_status: condition removed: {words}."]


def test_a_new_text_is_said_with_the_old_one() -> None:
    after = build(then=[{"reply": "Almost there."}], priority=5)
    assert say(build(), after) == [
        "Rule order_status: reply changed from “On its way.” to “Almost there.”; priority added: 5."
    ]


def test_actions_come_and_go() -> None:
    after = build(then=[{"reply": "On its way."}, {"handoff": "orders"}])
    assert say(build(), after) == ["Rule order_status: handoff added: “orders”."]


def test_pieces_are_added_removed_and_renamed() -> None:
    before = {"rulebook": 1, "intents": {"a": {"phrases": ["x"]}, "b": {"phrases": ["y"]}}}
    after = {"rulebook": 1, "intents": {"c": {"phrases": ["x"]}, "d": {"phrases": ["z"]}}}
    assert say(before, after) == [
        "Intent a: now called c.",
        "Intent d added.",
        "Intent b removed.",
    ]


def test_phrases_and_settings_of_an_intent_are_said_one_by_one() -> None:
    before = {"rulebook": 1, "intents": {"a": {"phrases": ["x", "y"]}}}
    after = {"rulebook": 1, "intents": {"a": {"phrases": ["y", "z"], "llm": "never"}}}
    assert say(before, after) == [
        "Intent a: phrase removed: “x”; phrase added: “z”;"
        " whether the model may answer added: “never”."
    ]


def test_a_values_words_are_said() -> None:
    before = {"rulebook": 1, "entities": {"product": {"values": {"kettle": [], "toaster": []}}}}
    after = {"rulebook": 1, "entities": {"product": {"values": {"kettle": ["boiler"]}}}}
    assert say(before, after) == [
        "Entity product: value kettle changed from nothing to “boiler”; value removed: toaster."
    ]


def test_what_is_too_complex_is_said() -> None:
    before, after = {"rulebook": 1}, {"rulebook": 1, "complex": ["two_intents"]}
    assert say(before, after) == ["Too complex for rules: case added: “two_intents”."]


scalars = st.booleans() | st.integers(-9, 9) | st.text("abc", max_size=3)
trees = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["intent", "fact", "is", "any"]), inner, max_size=3)
    ),
    max_leaves=4,
)
pieces = st.dictionaries(st.sampled_from(["phrases", "llm", "typos"]), trees, max_size=3)


@given(before=pieces, after=pieces, lists=st.lists(st.lists(scalars), min_size=2, max_size=2))
def test_every_difference_is_said_and_nothing_else(
    before: dict[str, Any], after: dict[str, Any], lists: list[Any]
) -> None:
    one, two = (
        {"rulebook": 1, "intents": {"a": piece}, "complex": criteria}
        for piece, criteria in zip((before, after), lists, strict=True)
    )
    changes = build_changes(before=one, after=two)
    assert (not changes) == (build_hash(one) == build_hash(two))
    assert all(str(change).endswith(".") for change in changes)
