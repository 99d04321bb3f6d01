"""Findings about phrases and patterns: vetoed, covered, overlapping, empty, expensive."""

from typing import Any

from rules.findings.finding import Witness
from tests.rules.findings.worlds import build_book, examine, find_one, rule

TRACK = rule("track", {"intent": "track"})


def build_intents(**track: Any) -> dict[str, Any]:
    return {"track": track, "cancel": {"phrases": ["cancel my order"]}}


def find_phrase(code: str, *rules: dict[str, Any], **track: Any) -> Any:
    return find_one(code, *(rules or [TRACK]), intents=build_intents(**track))


def test_a_phrase_that_avoid_always_vetoes_recognises_nothing() -> None:
    finding = find_phrase(
        "vetoed_phrase",
        phrases=["where is it", "order * status"],
        avoid=["(order|orders) [the] status", "status"],
    )
    assert (finding.level, finding.where) == ("WARNING", "intents.track.phrases[1]")
    assert finding.proof == "exact"


def test_a_phrase_that_avoid_vetoes_now_and_then_is_as_it_should_be() -> None:
    found = examine(build_book(TRACK, intents=build_intents(
        phrases=["order * status"], avoid=["order status", "cancel"]
    )))  # fmt: skip
    assert "vetoed_phrase" not in {finding.code for finding in found}


def test_a_pattern_that_vetoes_whatever_was_tried_says_that_it_was_sampled() -> None:
    finding = find_phrase("vetoed_phrase", phrases=["order status", "late"], avoid=["/stat/"])
    assert (finding.where, finding.proof) == ("intents.track.phrases[0]", "sampled")


def test_a_phrase_that_others_say_already_adds_nothing() -> None:
    finding = find_phrase(
        "covered_phrase", phrases=["my order", "where is (my|the) order", "the order"]
    )
    assert finding.where == "intents.track.phrases[1]"
    assert finding.message == (
        "“where is (my|the) order” adds nothing to track: every message that says it also says"
        " “my order” and “the order”."
    )
    assert (finding.level, finding.witness, finding.proof) == (
        "INFO",
        Witness("where is my order"),
        "exact",
    )


def test_of_two_like_phrases_the_later_one_is_named() -> None:
    finding = find_phrase("covered_phrase", phrases=["my order", "My ORDER!"])
    assert finding.where == "intents.track.phrases[1]"


def test_a_wish_that_says_two_intents_is_shown() -> None:
    finding = find_phrase(
        "overlap",
        TRACK,
        rule("cancel", {"intent": "cancel"}),
        phrases=["(cancel|track) [my] order"],
    )
    assert finding.message.startswith(
        "“cancel my order” is recognised as cancel and as track. It goes to cancel;"
    )
    assert finding.where == "intents.cancel"


def test_an_overlap_is_shown_by_an_editors_example_where_there_is_one() -> None:
    finding = find_phrase(
        "overlap",
        phrases=["(cancel|track) [my] order"],
        examples=["Please cancel my order now, or track order 7"],
    )
    assert finding.witness == Witness("Please cancel my order now, or track order 7")


def test_an_overlap_that_avoid_rules_out_is_none() -> None:
    found = examine(build_book(TRACK, intents=build_intents(
        phrases=["(cancel|track) [my] order"], avoid=["cancel"]
    )))  # fmt: skip
    assert "overlap" not in {finding.code for finding in found}


def test_intents_that_a_rule_tells_apart_are_no_news() -> None:
    apart = rule("cancel", {"all": [{"intent": "cancel"}, {"intent": "track"}]})
    intents = build_intents(phrases=["(cancel|track) [my] order"])
    found = examine(build_book(TRACK, apart, intents=intents))
    assert "overlap" not in {finding.code for finding in found}


def test_a_word_that_forgives_slips_and_takes_anothers_word_is_shown() -> None:
    intents = {
        "returns": {"phrases": ["return my kettle"], "typos": {"return": 1}},
        "returned": {"phrases": ["my returns"]},
    }
    finding = find_one("near_word", rule("a", {"intent": "returns"}), intents=intents)
    assert finding.level == "INFO"
    assert "takes “returns”, a word of returned, for a misspelt “return”" in finding.message
    assert finding.witness == Witness("returns my kettle")


def test_a_pattern_that_matches_no_text_is_empty_for_certain() -> None:
    finding = find_phrase("empty_pattern", phrases=["late", r"/[^\s\S]/"])
    assert (finding.level, finding.proof) == ("WARNING", "exact")
    assert finding.where == "intents.track.phrases[1]"


def test_a_pattern_that_seems_to_match_nothing_wants_an_example() -> None:
    finding = find_phrase("empty_pattern", phrases=["late", "/order$ status/"])
    assert (finding.level, finding.proof) == ("INFO", "sampled")


def test_a_very_large_pattern_asks_for_a_tick() -> None:
    finding = find_phrase("expensive_pattern", phrases=[r"/order [\pL ]{100}/"])
    assert (finding.level, finding.where) == ("WARNING", "intents.track.phrases[0]")


def test_patterns_tried_on_every_message_are_mentioned_once() -> None:
    finding = find_phrase("expensive_pattern", phrases=["/^(hi|ho)$/", "/^(a|b)$/", "/late/"])
    assert finding.level == "INFO"
    assert "phrases[0]" in finding.message
    assert "phrases[1]" in finding.message
    assert "late" not in finding.message
