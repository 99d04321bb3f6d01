"""The why of a decision, and the findings before publishing."""

import json
from typing import Any

from hypothesis import given

from rules.check import find_failures
from rules.decision import Asked, Situation, decide
from rules.evaluator import build_evaluators
from rules.explanation import build_whole, explain, find_turning_leaves
from rules.reference import ReferenceEvaluator, holds
from rules.rulebook.parsing import parse_rulebook
from rules.rulebook.parts import AllOf, AnyOf, Condition, NoneOf, Test
from tests.rules.shop import RULEBOOK, build_data
from tests.rules.test_agreement import parse_or_skip
from tests.rules.worlds import patient, rulebooks, situations

OPEN = {"hours": "open", "visitor.tier": "bronze"}


def test_matches_point_into_the_text_as_written() -> None:
    text = "Hey! Where's… WHERE is my ÖRDER? My order, AB-123456, has arrived with a water  boiler"
    found = explain(RULEBOOK, Situation(text=text)).matches
    assert [(match.kind, match.name, match.source, match.text) for match in found] == [
        ("intent", "track_order", "order * arrived", "order, AB-123456, has arrived"),
        ("entity", "order_number", r"/[A-Z]{2}-?\d{6}/", "AB-123456"),
        ("entity", "product", "kettle", "water  boiler"),
    ]
    assert all(text[match.start : match.end] == match.text for match in found)


def test_a_veto_is_shown_beside_what_it_vetoes() -> None:
    found = explain(RULEBOOK, Situation(text="track order, order me cancel")).matches
    assert [(match.kind, match.text) for match in found] == [
        ("intent", "track order"),
        ("avoid", "order me cancel"),
    ]


def test_the_winners_conditions_are_ticked_with_what_they_saw() -> None:
    situation = Situation(text="where is my order AB-123456", facts=OPEN | {"visitor.tier": "gold"})
    checks = explain(RULEBOOK, situation).checks
    assert checks is not None
    assert [(part.text, part.holds, part.value) for part in checks.parts] == [
        ("intent is track_order", True, ("track_order",)),
        ("slot order_number known", True, "AB-123456"),
        ("hours is open", True, "open"),
        ("visitor.tier in gold, silver", True, "gold"),
        ("none of", True, None),
    ]
    assert not checks.parts[4].parts[0].holds


def test_losers_say_what_put_them_behind() -> None:
    hi = {"intent": "hi"}
    whens: list[tuple[Any, int]] = [
        ({"all": [hi, hi]}, 1),
        ({"all": [hi, hi]}, 1),
        (hi, 1),
        (hi, 0),
    ]
    rules = [
        {"when": when, "then": [{"close": True}], "priority": priority} for when, priority in whens
    ]
    explanation = explain(parse_rulebook(build_data(*rules)), Situation(text="hello"))
    assert explanation.decision.rule == "a"
    assert [(loser.rule, loser.because) for loser in explanation.losers] == [
        ("b", "name"),
        ("c", "conditions"),
        ("d", "priority"),
    ]


def test_a_near_miss_says_what_would_have_made_it_win() -> None:
    explanation = explain(RULEBOOK, Situation(text="where is my order AB-123456", facts=OPEN))
    first = explanation.near_misses[0]
    assert (first.rule, first.value, first.would_win) == ("order_status", "bronze", True)
    assert first.text == "would have won with visitor.tier in gold, silver"


def test_asking_again_and_too_long_are_explained_as_well() -> None:
    asked = Asked("order_number", "ask_order_number", 1, ("track_order",))
    again = explain(RULEBOOK, Situation(text="hm", asked=asked))
    assert again.checks is not None
    assert again.checks.holds
    assert explain(RULEBOOK, Situation(text="x" * 2001)).matches == ()


def replace_leaf(condition: Condition, leaf: Test, value: bool) -> Condition:
    """The condition with every such leaf made always true or never."""
    if isinstance(condition, Test):
        return condition if condition is not leaf else (AllOf(()) if value else AnyOf(()))
    parts = tuple(replace_leaf(part, leaf, value) for part in condition.parts)
    kinds: tuple[type[AllOf | AnyOf | NoneOf], ...] = (AllOf, AnyOf, NoneOf)
    return next(kind(parts) for kind in kinds if isinstance(condition, kind))


@patient
@given(data=rulebooks(), situation=situations)
def test_explaining_agrees_with_deciding_and_turning_a_leaf_turns_the_rule(
    data: dict[str, Any], situation: Situation
) -> None:
    rulebook = parse_or_skip(data)
    explanation = explain(rulebook, situation)
    assert explanation.decision == decide(ReferenceEvaluator(rulebook), situation)
    assert json.loads(json.dumps(explanation.to_json())) == explanation.to_json()
    assert explain(rulebook, situation) == explanation
    present = {match.name for match in explanation.matches if match.kind == "intent"}
    assert set(explanation.decision.intents) <= present
    for rule in rulebook.rules.values():
        whole = build_whole(rule)
        held = holds(whole, explanation.facts)
        for leaf in find_turning_leaves(whole, explanation.facts):
            turned = replace_leaf(whole, leaf, not holds(leaf, explanation.facts))
            assert holds(turned, explanation.facts) is not held


def test_every_kind_of_wrong_example_is_a_finding_once() -> None:
    rule = {
        "when": {"intent": "hi"},
        "then": [{"close": True}],
        "examples": ["hello", "goodbye", {"text": "hello", "expect": None}],
    }
    intent = {"phrases": ["hello"], "examples": ["hey"], "counterexamples": ["say hello"]}
    data = build_data(
        rule,
        intents={"hi": intent},
        entities={"code": {"pattern": "[A-Z]", "example": "x"}},
    )
    rulebook = parse_rulebook(data)
    evaluators = build_evaluators(rulebook)
    findings = find_failures(rulebook, evaluators)
    assert [(finding.code, finding.where) for finding in findings] == [
        ("entity_example", "entities.code.example"),
        ("intent_example", "intents.hi.examples[0]"),
        ("intent_counterexample", "intents.hi.counterexamples[0]"),
        ("rule_example", "rules.a.examples[1]"),
        ("rule_example", "rules.a.examples[2]"),
    ]
    assert "“goodbye” is decided by no rule, not by the rule a" in findings[3].message
