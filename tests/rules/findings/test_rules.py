"""Findings about rules: what never answers, what is said twice, what only a name decides."""

import itertools

from rules.findings.finding import Finding, Witness
from rules.findings.search import find_findings
from rules.reference import ReferenceEvaluator
from rules.rulebook.parsing import parse_rulebook
from tests.rules.findings.worlds import NOW, about, build_book, examine, find_codes, find_one, rule

OPEN = {"fact": "hours", "is": "open"}
CLOSED = {"fact": "hours", "is": "closed"}
KNOWN = {"slot": "number", "known": True}
ORDINARY = [rule("track_open", about("track", OPEN)), rule("track_any", {"intent": "track"})]


def test_a_specific_rule_before_a_general_one_is_nothing_to_ask_about() -> None:
    found = examine(build_book(*ORDINARY, intents={"track": {"phrases": ["track order"]}}))
    assert [finding for finding in found if finding.level != "INFO"] == []


def test_a_rule_that_contradicts_itself_cannot_be_published() -> None:
    finding = find_one("unreachable", rule("a", about("track", OPEN, CLOSED)))
    assert finding.level == "ERROR"
    assert finding.where == "rules.a"
    assert finding.message == (
        "a can never answer: it cannot be that hours is open and hours is closed."
    )


def test_a_slot_is_never_two_values_but_a_message_may_hold_both() -> None:
    twice = [{"slot": "size", "is": "small"}, {"slot": "size", "is": "large"}]
    assert find_one("unreachable", rule("a", about("track", *twice))).level == "ERROR"
    both = [{"entity": "size", "is": "small"}, {"entity": "size", "is": "large"}]
    assert "unreachable" not in find_codes(rule("a", about("track", *both)))


def test_a_number_out_of_reach_is_a_contradiction() -> None:
    impossible = [{"fact": "turn", "above": 3}, {"fact": "turn", "below": 3}]
    assert find_one("unreachable", rule("a", about("track", *impossible))).level == "ERROR"
    between = [{"fact": "visitor.age", "above": 3}, {"fact": "visitor.age", "below": 4}]
    assert "unreachable" not in find_codes(rule("a", about("track", *between)))


def test_a_rule_for_an_intent_that_is_always_vetoed_can_never_answer() -> None:
    intents = {"track": {"phrases": ["track my order"], "avoid": ["order"]}}
    found = examine(build_book(rule("a", {"intent": "track"}), intents=intents))
    assert [(each.level, each.code) for each in found[:2]] == [
        ("ERROR", "unreachable"),
        ("WARNING", "vetoed_phrase"),
    ]
    assert found[0].message == "a can never answer: no message can be recognised as track."
    assert found[1].witness == Witness("track my order")
    assert found[1].proof == "exact"


def test_a_general_rule_of_higher_priority_leaves_nothing_to_the_specific_one() -> None:
    finding = find_one(
        "unreachable",
        rule("general", {"intent": "track"}, priority=5),
        rule("specific", about("track", OPEN)),
        logged=["Where is my parcel??", "cancel my order"],
    )
    assert finding == Finding(
        level="WARNING",
        code="unreachable",
        where="rules.specific",
        message=(
            "specific never answers: whenever it could, general wins before it:"
            " “where is my order” fits it too."
        ),
        rules=("specific", "general"),
        witness=Witness("where is my order", {"hours": "open"}),
        logged="Where is my parcel??",
    )


def test_rules_that_share_out_all_cases_leave_none_to_a_third() -> None:
    finding = find_one(
        "unreachable",
        rule("by_day", about("track", OPEN)),
        rule("by_night", about("track", CLOSED)),
        rule("never", {"intent": "track"}),
    )
    assert finding.rules == ("never", "by_day", "by_night")


def test_an_ask_rule_leaves_the_answered_case_to_the_rule_behind_it() -> None:
    asking = rule("ask", {"intent": "track"}, {"ask": "number", "prompt": "Which?"}, priority=5)
    assert "unreachable" not in find_codes(asking, rule("answer", about("track", KNOWN)))


def test_a_rule_that_is_beaten_by_the_same_answer_is_merely_not_needed() -> None:
    same = {"reply": "On its way."}
    finding = find_one(
        "subsumed",
        rule("general", {"intent": "track"}, same, priority=5),
        rule("specific", about("track", OPEN), same),
    )
    assert (finding.level, finding.rules) == ("INFO", ("specific", "general"))


def test_the_same_rule_twice_asks_for_a_tick() -> None:
    same = {"reply": "On its way."}
    turned = {"all": [OPEN, {"intent": "track"}]}
    finding = find_one("redundant", rule("a", about("track", OPEN), same), rule("b", turned, same))
    assert (finding.level, finding.rules) == ("WARNING", ("b", "a"))


def test_a_specific_rule_with_the_general_answer_can_go() -> None:
    same = {"reply": "On its way."}
    finding = find_one(
        "redundant",
        rule("specific", about("track", OPEN), same),
        rule("general", {"intent": "track"}, same),
    )
    assert finding.level == "INFO"
    assert finding.message == (
        "Without specific, general would give the same answer to “where is my order”: you can"
        " delete specific."
    )


def test_a_specific_rule_stays_where_another_would_take_its_place() -> None:
    same = {"reply": "On its way."}
    codes = find_codes(
        rule("specific", about("track", OPEN, KNOWN), same),
        rule("between", about("track", KNOWN)),
        rule("general", {"intent": "track"}, same),
    )
    assert "redundant" not in codes


def test_two_rules_of_one_rank_are_a_conflict_with_the_facts_that_show_it() -> None:
    finding = find_one(
        "conflict",
        rule("track_gold", about("track", {"fact": "visitor.tier", "is": "gold"})),
        rule("track_open", about("track", OPEN)),
        logged=["so where is my order"],
    )
    assert finding == Finding(
        level="WARNING",
        code="conflict",
        where="rules.track_gold",
        message=(
            "“where is my order” fits track_gold and track_open when visitor.tier is gold, hours is"
            " open: they rank the same, and track_gold answers only because its name comes first."
            " Give one of them a higher priority."
        ),
        rules=("track_gold", "track_open"),
        witness=Witness("where is my order", {"visitor.tier": "gold", "hours": "open"}),
        logged="so where is my order",
    )


def test_a_conflict_is_not_told_once_more_as_a_rule_that_never_answers() -> None:
    say = [{"reply": text} for text in ("It is free.", "It costs three pounds.")]
    codes = find_codes(
        rule("costs", {"intent": "track"}, say[1]), rule("free", {"intent": "track"}, say[0])
    )
    assert "conflict" in codes
    assert "unreachable" not in codes


def test_rules_that_exclude_each_other_are_no_conflict() -> None:
    assert "conflict" not in find_codes(
        rule("by_day", about("track", OPEN)), rule("by_night", about("track", CLOSED))
    )


def test_a_conflict_that_a_third_rule_always_settles_is_none() -> None:
    gold = {"fact": "visitor.tier", "is": "gold"}
    rules = [rule("gold", about("track", gold)), rule("open", about("track", OPEN))]
    assert "conflict" not in find_codes(*rules, rule("both", about("track", gold, OPEN)))


def test_two_values_in_one_message_are_a_conflict_to_know_about() -> None:
    finding = find_one(
        "conflict",
        rule("small", about("track", {"entity": "size", "is": "small"})),
        rule("large", about("track", {"entity": "size", "is": "large"})),
    )
    assert finding.level == "INFO"
    assert finding.witness is not None
    assert {"small", "large"} <= set(finding.witness.text.split())


def test_two_wishes_are_said_once_and_not_when_the_rulebook_minds_them() -> None:
    rules = [rule(name, {"intent": name}) for name in ("track", "cancel", "refund")]
    finding = find_one("two_wishes", *rules)
    assert finding.witness == Witness("cancel order. refund my money")
    assert "two_wishes" not in find_codes(*rules, complex=["two_intents"])


def test_a_rule_whose_time_is_over_is_mentioned() -> None:
    sale = rule("sale", {"intent": "track"}, valid={"until": "2026-11-21"})
    assert find_one("expired", sale).level == "INFO"
    later = rule("sale", {"intent": "track"}, valid={"until": "2026-11-22"})
    assert "expired" not in find_codes(later)


def test_a_condition_with_a_time_is_solved_with_a_moment_in_it() -> None:
    finding = find_one(
        "conflict",
        rule("a", {"intent": "track"}, valid={"from": "2026-12-01", "until": "2026-12-03"}),
        rule("b", {"intent": "track"}, valid={"from": "2026-12-03T12:00:00+00:00"}),
    )
    assert finding.witness is not None
    assert str(finding.witness.facts["now"]) >= "2026-12-03"


def test_an_id_outlives_other_words_but_not_another_rule() -> None:
    one = Finding("INFO", "conflict", "rules.a", "One.", rules=("a", "b"))
    assert one.id == Finding("WARNING", "conflict", "rules.a", "Two.", rules=("a", "b")).id
    assert one.id != Finding("INFO", "conflict", "rules.a", "One.", rules=("a", "c")).id


def test_what_time_cuts_off_is_named() -> None:
    ticks = itertools.count()
    rulebook = parse_rulebook(build_book(*ORDINARY))
    found = find_findings(
        rulebook=rulebook,
        evaluators=[ReferenceEvaluator(rulebook)],
        budget_seconds=0.5,
        now=NOW,
        clock=lambda: float(next(ticks)),
    )
    [finding] = [each for each in found if each.code == "left_out"]
    assert finding.level == "WARNING"
    assert (
        "rules that can never answer, rules that others always beat, conflicts" in finding.message
    )


def test_what_only_teaches_can_be_left_out() -> None:
    rulebook = parse_rulebook(build_book(*ORDINARY))
    evaluators = [ReferenceEvaluator(rulebook)]
    found = find_findings(rulebook=rulebook, evaluators=evaluators, hints=False, now=NOW)
    assert [each.code for each in found] == ["unhandled_intent", "unhandled_intent"]


def test_builtin_entities_stand_in_the_witness_as_visitors_write_them() -> None:
    cheap = {"fact": "entity.price.amount", "below": 50}
    euros = {"fact": "entity.price.currency", "is": "EUR"}
    finding = find_one(
        "conflict",
        rule("cheap", about("refund", cheap, euros)),
        rule("late", about("refund", {"entity": "price"}, {"slot": "due", "known": True})),
        entities={"price": {"builtin": "money"}, "due": {"builtin": "date"}},
    )
    assert finding.witness is not None
    assert finding.witness.text.startswith("refund my money ")
    assert "EUR" in finding.witness.text
    assert "2026-12-24" in finding.witness.text
