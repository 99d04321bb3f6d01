"""Findings about what is said and asked: gaps, dead ends, loops, calls, examples gone astray."""

from typing import Any

from rules.findings.finding import Witness
from tests.rules.findings.worlds import (
    INTENTS,
    about,
    build_book,
    examine,
    find_codes,
    find_one,
    rule,
)

KNOWN = {"slot": "number", "known": True}
ASK = {"ask": "number", "prompt": "Which number?"}
HOOK = {"look": {"url": "https://shop.example/hook", "send": ["slot.number"]}}


def test_a_placeholder_that_no_condition_fills_leaves_a_gap() -> None:
    finding = find_one(
        "empty_placeholder", rule("a", {"intent": "track"}, {"reply": "Order {number} is late."})
    )
    assert finding.level == "WARNING"
    assert finding.message == (
        "a answers “where is my order” with a gap in place of {number}: add the condition that"
        " number is known."
    )
    assert finding.witness == Witness("where is my order")


def test_a_placeholder_is_filled_by_a_condition_an_entity_or_an_action_before() -> None:
    reply = {"reply": "Order {number} of {site}."}
    assert "empty_placeholder" not in find_codes(
        rule("slot", about("track", KNOWN), reply),
        rule("entity", about("cancel", {"entity": "number"}), reply),
        rule("action", {"intent": "refund"}, {"set": {"number": "none"}}, reply),
    )


def test_a_placeholder_of_a_beaten_case_is_never_empty() -> None:
    assert "empty_placeholder" not in find_codes(
        rule("ask", {"intent": "track"}, ASK, priority=9),
        rule("answer", {"intent": "track"}, {"reply": "{number}"}),
    )


def test_an_attribute_that_visitors_may_lack_is_mentioned() -> None:
    finding = find_one(
        "empty_placeholder", rule("a", {"intent": "track"}, {"reply": "Hi {visitor.name}"})
    )
    assert finding.level == "INFO"


def test_a_question_without_a_rule_for_the_answer_is_a_dead_end() -> None:
    finding = find_one("dead_end", rule("ask", {"intent": "refund"}, ASK))
    assert finding.level == "WARNING"
    assert finding.message == (
        "Whoever says “refund my money” is asked for number, but no rule goes on from the answer"
        " “AB-123456”."
        " Add a rule for it with number known."
    )
    assert finding.witness == Witness("AB-123456", {}, before="refund my money")


def test_a_question_whose_answer_some_rule_takes_is_none() -> None:
    answer = rule("answer", about("refund", KNOWN))
    assert "dead_end" not in find_codes(rule("ask", {"intent": "refund"}, ASK), answer)


def test_a_question_that_goes_on_by_day_only_is_mentioned() -> None:
    answer = rule("answer", about("refund", KNOWN, {"fact": "hours", "is": "open"}))
    finding = find_one("dead_end", rule("ask", {"intent": "refund"}, ASK), answer)
    assert finding.level == "INFO"
    assert finding.witness is not None
    assert finding.witness.facts["hours"] == "closed"


def test_two_questions_that_take_turns_ask_for_ever() -> None:
    size = {"ask": "size", "prompt": "Which size?"}
    mine = {"fact": "last_rule", "not": "number"}
    finding = find_one(
        "loop",
        rule("number", about("track", {"any": [mine, {"fact": "last_rule", "known": False}]}), ASK),
        rule("size", {"intent": "track"}, size),
    )
    assert finding.level == "WARNING"
    assert set(finding.rules) == {"number", "size"}


def test_one_question_ends_with_its_retries() -> None:
    assert "loop" not in find_codes(
        rule("ask", {"intent": "track"}, ASK),
        rule("size", about("track", KNOWN), {"ask": "size", "prompt": "Which size?"}),
    )


def test_rejections_that_never_reach_a_person_are_a_loop() -> None:
    intents = {**INTENTS, "no": {"phrases": ["that is wrong"], "tags": ["rejection"]}}
    again = rule("again", {"intent": "no"}, {"escalate": "try again"})
    finding = find_one("loop", again, intents=intents)
    assert finding.where == "intents.no"
    once = rule("again", {"intent": "no"}, {"set": {"size": "small"}}, {"escalate": "try again"})
    person = rule("person", about("no", {"slot": "size", "known": True}), {"handoff": "all"})
    found = examine(build_book(once, person, intents=intents))
    assert "loop" not in {each.code for each in found}


def test_rejections_that_always_get_the_same_answer_are_ended_by_the_guard() -> None:
    intents = {**INTENTS, "no": {"phrases": ["that is wrong"], "tags": ["rejection"]}}
    sorry = rule("sorry", {"intent": "no"}, {"reply": "Sorry!"})
    assert "loop" not in find_codes(sorry, intents=intents)
    often = rule("often", about("no", {"fact": "last_rule", "is": "sorry"}), {"reply": "Oh!"})
    assert set(find_one("loop", sorry, often, intents=intents).rules) == {"sorry", "often"}


def test_a_rule_that_undoes_what_it_does_is_shown() -> None:
    twice = rule("a", {"intent": "track"}, {"set": {"size": "small"}}, {"set": {"size": "large"}})
    assert find_one("undone_set", twice).message == (
        "a sets size twice: only the last value stays."
    )
    asks = rule("a", {"intent": "track"}, ASK, {"set": {"number": "none"}})
    assert "nobody waits for the answer" in find_one("undone_set", asks).message


def test_a_call_whose_answer_nobody_uses_is_idle() -> None:
    call = rule("a", about("track", KNOWN), {"call": "look"})
    assert find_one("unused_answer", call, webhooks=HOOK).level == "WARNING"


def test_a_call_that_may_fail_wants_a_rule_for_it() -> None:
    call = rule("a", about("track", KNOWN), {"call": "look"})
    shipped = rule("b", about("track", {"fact": "call.look.status", "is": "shipped"}))
    finding = find_one("uncaught_failure", call, shipped, webhooks=HOOK)
    assert finding.witness is not None
    assert "AB-123456" in finding.witness.text
    failed = rule("c", about("track", {"fact": "call.look.ok", "is": False}))
    assert "uncaught_failure" not in find_codes(call, shipped, failed, webhooks=HOOK)


def test_an_answer_of_a_webhook_that_nobody_calls_is_never_there() -> None:
    shipped = rule("b", about("track", {"fact": "call.look.status", "is": "shipped"}))
    finding = find_one("never_filled", shipped, webhooks=HOOK)
    assert finding.message == "b looks at look.status, which is never known: no rule calls look."


def test_a_slot_that_only_rules_set_which_need_it_is_never_filled() -> None:
    step = rule("b", about("track", {"slot": "step", "is": 1}), {"set": {"step": 2}})
    other = rule("c", about("track", {"slot": "step", "is": 2}), {"set": {"step": 1}})
    found = [each for each in examine(build_book(step, other)) if each.code == "never_filled"]
    assert [each.rules for each in found] == [("b",), ("c",)]
    first = rule("a", {"intent": "track"}, {"set": {"step": 1}})
    assert "never_filled" not in find_codes(first, step, other)


def test_a_value_that_never_comes_is_shown_with_the_one_that_was_meant() -> None:
    finding = find_one(
        "impossible_value", rule("a", about("track", {"slot": "size", "is": "smal"}))
    )
    assert finding.message == (
        "a never answers: it asks whether size is “smal”, which never happens, as it is only ever"
        " “small” or “large”."
        " Did you mean “small”?"
    )
    hours = rule("a", about("track", {"fact": "hours", "is": "shut"}))
    assert "only ever “open” or “closed”" in find_one("impossible_value", hours).message


def test_an_intent_that_no_rule_names_is_left_to_the_model() -> None:
    rules = [rule("a", {"intent": "track"}), rule("b", {"intent": "cancel"})]
    finding = find_one("unhandled_intent", *rules, logged=["REFUND my money, thieves"])
    assert finding.message == "No rule answers refund: “refund my money” is left to the model."
    assert finding.logged == "REFUND my money, thieves"
    sealed = {**INTENTS, "refund": {"phrases": ["refund"], "llm": "never"}}
    assert "unhandled_intent" not in find_codes(*rules, intents=sealed)


def test_an_intent_answered_only_sometimes_is_shown_with_a_message_that_is_not() -> None:
    closed = rule("a", about("track", {"fact": "hours", "is": "closed"}))
    finding = find_one("uncovered", closed)
    assert finding.level == "INFO"
    assert finding.witness == Witness("where is my order", {"hours": "open"})


def test_an_example_that_another_rule_answers_since_the_change_is_stolen() -> None:
    intents: dict[str, Any] = {
        **INTENTS,
        "track": {**INTENTS["track"], "examples": ["where is my order"]},
    }
    track = rule("track_order", {"intent": "track"}, examples=["where is my order"])
    thief = {**INTENTS["cancel"], "phrases": ["my order"]}
    live = build_book(track, intents=intents)
    found = examine(
        build_book(
            track,
            rule("cancel_order", {"intent": "cancel"}, priority=9),
            intents={**intents, "cancel": thief},
        ),
        live=live,
    )
    stolen = [each for each in found if each.code == "stolen_example"]
    assert [(each.level, each.where, each.rules) for each in stolen] == [
        ("ERROR", "intents.track.examples[0]", ("track_order", "cancel_order")),
        ("ERROR", "rules.track_order.examples[0]", ("track_order", "cancel_order")),
    ]
    assert stolen[0].message == (
        "“where is my order”, an example of track, goes to cancel_order since your change, not to"
        " track_order."
    )
    assert stolen[1].message == (
        "“where is my order” goes to cancel_order since your change, not to track_order"
        " (intents: cancel, track)."
    )


def test_an_example_that_always_went_elsewhere_is_mentioned() -> None:
    intents = {**INTENTS, "track": {"phrases": ["my order"], "examples": ["cancel my order"]}}
    finding = find_one(
        "stolen_example",
        rule("track", {"intent": "track"}),
        rule("cancel", {"intent": "cancel"}, priority=1),
        intents=intents,
    )
    assert finding.level == "INFO"
