"""The why of a decision."""

import json
from dataclasses import replace
from typing import Any

from hypothesis import given, settings

from rules.decision import Asked, Situation, settle
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


def test_a_near_miss_names_words_that_would_really_make_it_win() -> None:
    facts = {"hours": "open", "visitor.tier": "gold"}
    misses = explain(RULEBOOK, Situation(text="my order AB-123456", facts=facts)).near_misses
    assert [(miss.rule, miss.say) for miss in misses] == [("order_status", "track order")]
    assert misses[0].text == "would have won if it also said “track order”"
    said = Situation(text=f"my order AB-123456 {misses[0].say}", facts=facts)
    assert explain(RULEBOOK, said).decision.rule == "order_status"


def test_words_that_would_not_help_are_not_suggested() -> None:
    rules = {"when": {"all": [{"intent": "hi"}, {"entity": "size"}]}, "then": [{"close": True}]}
    vetoed = {"hi": {"phrases": ["hello"], "avoid": ["small", "large", "big"]}}
    explanation = explain(parse_rulebook(build_data(rules, intents=vetoed)), Situation("hello"))
    assert [(miss.say, miss.missing) for miss in explanation.near_misses] == [
        (None, "entity size known")
    ]


def test_a_rule_of_one_condition_is_near_only_when_half_its_phrase_is_said() -> None:
    intents = {"hi": {"phrases": ["good morning to you"]}, "bye": {"phrases": ["farewell"]}}
    rules = [{"when": {"intent": name}, "then": [{"close": True}]} for name in intents]
    rulebook = parse_rulebook(build_data(*rules, intents=intents))
    misses = explain(rulebook, Situation("good morning")).near_misses
    assert [(miss.rule, miss.say) for miss in misses] == [("a", "good morning to you")]
    assert explain(rulebook, Situation("good")).near_misses == ()


def test_every_candidate_has_a_tick_or_a_cross_at_every_condition() -> None:
    hi = {"intent": "hi"}
    rules: list[dict[str, Any]] = [
        {"when": {"all": [hi, {"entity": "size", "is": "large"}]}, "then": [{"close": True}]},
        {"when": hi, "then": [{"close": True}], "priority": 1},
        {"when": hi, "then": [{"close": True}]},
        {"when": {"all": [hi, {"intent": "bye"}, {"entity": "code"}]}, "then": [{"close": True}]},
        {"when": {"intent": "bye"}, "then": [{"close": True}]},
    ]
    candidates = explain(parse_rulebook(build_data(*rules)), Situation("hello, small")).candidates
    assert [(each.rule, each.outcome, each.text) for each in candidates] == [
        ("b", "won", ""),
        ("c", "lost", "priority 0 is lower than 1 of b"),
        ("a", "failed", "one condition does not hold"),
        ("d", "failed", "2 conditions do not hold"),
    ]
    assert [part.holds for part in candidates[3].checks.parts] == [True, False, False]


def test_a_rule_that_is_set_aside_is_shown_with_the_reason() -> None:
    rules = [{"when": {"intent": name}, "then": [{"reply": name}]} for name in ("hi", "bye")]
    rulebook = parse_rulebook(build_data(*rules, complex=["two_intents"]))
    explanation = explain(rulebook, Situation("hello and goodbye"))
    assert (explanation.decision.rule, explanation.set_aside) == (None, "a")
    assert [each.outcome for each in explanation.candidates] == ["set aside", "lost"]
    assert explanation.checks is not None
    assert explanation.notes == (
        "a held, but this is too complex for rules:"
        " the message has two intents that no rule names together.",
    )


def test_each_webhook_that_was_asked_is_a_step() -> None:
    shipped = {"fact": "call.look.status", "is": "shipped"}
    rules = [
        {"when": {"intent": "hi"}, "then": [{"call": "look"}]},
        {"when": {"all": [{"intent": "hi"}, shipped]}, "then": [{"reply": "On its way."}]},
    ]
    webhooks = {"look": {"url": "https://shop.example/look"}}
    rulebook = parse_rulebook(build_data(*rules, webhooks=webhooks))
    answered = Situation("hello", answers={"look": {"ok": True, "status": "shipped"}})
    steps = explain(rulebook, answered).steps
    assert [(step.rule, step.call, step.text) for step in steps] == [
        ("a", "look", "a asked look, which answered"),
        ("b", None, "b held"),
    ]
    assert steps[0].answer == {"call.look.ok": True, "call.look.status": "shipped"}
    uncalled = explain(rulebook, Situation("hello"))
    assert [step.text for step in uncalled.steps] == [
        "a asked look, which failed (not_called)",
        "no rule held",
    ]
    assert uncalled.near_misses[0].text == "would have won with call.look.status is shipped"


def test_a_date_is_shown_in_the_message_once_a_rule_wants_it() -> None:
    due = {"when": {"all": [{"intent": "hi"}, {"entity": "due"}]}, "then": [{"reply": "{due}"}]}
    rulebook = parse_rulebook(build_data(due, entities={"due": {"builtin": "date"}}))
    facts = {"now": "2026-11-22T12:00:00+01:00"}
    wanted = explain(rulebook, Situation("hello, tomorrow!", facts=facts))
    assert [(match.text, match.source) for match in wanted.matches if match.kind == "entity"] == [
        ("tomorrow", "2026-11-23")
    ]
    assert explain(rulebook, Situation("tomorrow!", facts=facts)).matches == ()


def test_validity_is_told_as_a_date() -> None:
    rule = {"when": {"intent": "hi"}, "then": [{"close": True}], "valid": {"from": "2026-11-27"}}
    facts = {"now": "2026-11-22T12:00:00+01:00"}
    explanation = explain(parse_rulebook(build_data(rule)), Situation("hello", facts=facts))
    assert explanation.candidates[0].checks.parts[1].text == "valid from 2026-11-27 00:00"


def test_what_became_of_an_open_question_is_told() -> None:
    asked = Asked("order_number", "ask_order_number", 1, ("track_order",))
    texts = {"hm": "put again (2 of 3)", "AB-123456": "is answered"}
    for text, told in texts.items():
        (note,) = explain(RULEBOOK, Situation(text=text, asked=asked)).notes
        assert told in note
    spent = explain(RULEBOOK, Situation(text="hm", asked=replace(asked, tries=3)))
    assert "as often as it may be" in spent.notes[0]


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


@settings(patient, max_examples=40)
@given(data=rulebooks(), situation=situations)
def test_explaining_agrees_with_deciding_and_turning_a_leaf_turns_the_rule(
    data: dict[str, Any], situation: Situation
) -> None:
    rulebook = parse_or_skip(data)
    explanation = explain(rulebook, situation)
    assert explanation.decision == settle(ReferenceEvaluator(rulebook), situation)
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
