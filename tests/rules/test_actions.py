"""What a winner does: replies, options, slots, tags, handovers, and how values are shown."""

from typing import Any

import pytest

from rules.language.facts import FactError, parse_facts
from rules.language.text import MAX_MESSAGE
from tests.rules.shop import RULEBOOK, build_data, say

Facts = dict[str, Any]


def act(*then: dict[str, Any], facts: Facts | None = None, text: str = "hello") -> Any:
    setter = {"when": {"intent": "bye"}, "then": [{"set": {"mood": 1, "other": 1}}]}
    data = build_data({"when": {"intent": "hi"}, "then": list(then)}, setter)
    return say(text, facts, data=data)


def test_replies_join_with_a_blank_line_and_options_are_kept_once() -> None:
    decision = act({"reply": "One", "options": ["A", "B"]}, {"reply": "Two", "options": ["B", "C"]})
    assert (decision.reply, decision.options) == ("One\n\nTwo", ("A", "B", "C"))


@pytest.mark.parametrize(
    ("language", "reply"),
    [("de-AT", "Servus"), ("de-CH", "Hallo"), ("DE", "Hallo"), ("fr", "Hey"), (None, "Hey")],
)
def test_a_reply_is_in_the_language_its_main_language_or_the_first(
    language: str | None, reply: str
) -> None:
    facts = {"language": language} if language else {}
    texts = {"en": "Hey", "de": "Hallo", "de-AT": "Servus"}
    assert act({"reply": texts}, facts=facts).reply == reply


@pytest.mark.parametrize(
    ("template", "facts", "text", "reply"),
    [
        ("{size}", {"slot.size": "s", "size": "no"}, "hello", "s"),
        ("{size}", {}, "hello big small", "large"),
        ("{entity.size}", {}, "hello big small", "large"),
        ("{intents}", {}, "hello goodbye", "bye, hi"),
        ("{visitor.name}!", {"visitor.name": "Ann"}, "hello", "Ann!"),
        ("<{visitor.name}>", {}, "hello", "<>"),
        ("{turn} {repeat}", {"turn": 2.0, "repeat": 2.5}, "hello", "2 2.5"),
        ("{hours}", {"hours": True}, "hello", "true"),
        ("{} {1} { size } {{size}}", {"slot.size": "s"}, "hello", "{} {1} { size } {s}"),
        ("{visitor.name}", {"visitor.name": r"\`*_[]<>"}, "hello", r"\\\`\*\_\[\]\<\>"),
        ("{visitor.name}", {"visitor.name": "a\r\n# b\u2028{size}"}, "hello", "a # b {size}"),
        ("{visitor.name}", {"visitor.name": "- a - b"}, "hello", r"\- a - b"),
        ("{visitor.name}", {"visitor.name": " 1. FC 2. FC"}, "hello", r" 1\. FC 2. FC"),
        ("{visitor.name} a", {"visitor.name": "7)"}, "hello", r"7\) a"),
        ("{visitor.name}", {"visitor.name": "-1.5 or +2"}, "hello", "-1.5 or +2"),
    ],
)
def test_placeholders_take_slots_then_entities_then_facts_as_text(
    template: str, facts: Facts, text: str, reply: str
) -> None:
    assert act({"reply": template}, facts=facts, text=text).reply == reply


def test_a_set_slot_is_seen_by_what_follows_and_kept_unescaped() -> None:
    decision = act(
        {"reply": "{mood}."},
        {"set": {"mood": "so {visitor.name}", "other": True}},
        {"reply": "{mood} {other}"},
        facts={"visitor.name": "a_b", "slot.size": 3},
    )
    assert decision.reply == ".\n\nso a\\_b true"
    assert decision.slots == {"size": 3, "mood": "so a_b", "other": True}


def test_long_found_values_fill_slots_within_what_a_fact_may_hold() -> None:
    pattern = {"long": {"pattern": "x+"}}
    decision = say("x" * 600, data=build_data(entities=pattern))
    assert decision.entities == {"long": ("x" * 600,)}
    assert decision.slots == {"long": "x" * 512}


def test_tags_handoff_and_close() -> None:
    decision = act({"tag": "a"}, {"tag": ["b", "a"]}, {"handoff": True}, {"close": True})
    assert (decision.tags, decision.handoff, decision.close) == (("a", "b"), "default", True)
    assert (decision.route, decision.reason, decision.reply) == ("rule", "matched", None)


@pytest.mark.parametrize(("value", "instruction"), [("be brief", "be brief"), (True, None)])
def test_escalating_names_the_rule_and_instructs(value: Any, instruction: str | None) -> None:
    decision = act({"escalate": value})
    assert (decision.route, decision.reason, decision.rule) == ("escalate", "escalated", "a")
    assert decision.instruction == instruction


def test_a_sealed_intent_seals_the_decision_whoever_wins() -> None:
    assert say("track order, I complain").sealed
    assert not say("I complain").sealed
    assert RULEBOOK.intents["track_order"].sealed


def test_a_message_too_long_is_not_evaluated() -> None:
    fits = "track order " + "x" * (MAX_MESSAGE - 12)
    assert say(fits).intents == ("track_order",)
    decision = say(fits + "x", {"slot.order_number": "AB-1"})
    assert (decision.route, decision.reason, decision.intents) == ("escalate", "too_long", ())
    assert decision.slots == {"order_number": "AB-1"}


GOOD = {"visitor.tier": "gold", "slot.a-b": 1, "visitor.claimed.x_1": True, "turn": 1.5, "имя": ""}


def test_sound_facts_are_taken_as_they_are() -> None:
    assert parse_facts(GOOD) == GOOD


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ([], "mapping"),
        ({"intent": "x"}, "follows from the text"),
        ({"intents": "x"}, "follows from the text"),
        ({"entity.x": "x"}, "follows from the text"),
        ({"a": None}, "not a text"),
        ({"a": ["x"]}, "not a text"),
        ({"a": float("nan")}, "finite"),
        ({"a": float("inf")}, "finite"),
        ({"a": 2**53 + 1}, "2\\^53"),
        ({"a": "x" * 513}, "512"),
        ({"a": "\ud800"}, "surrogate"),
        ({"a b": 1}, "no fact's name"),
        ({"a..b": 1}, "no fact's name"),
        ({"": 1}, "no fact's name"),
        ({1: 1}, "no fact's name"),
        ({"a\n": 1}, "no fact's name"),
        ({f"a{n}": 1 for n in range(201)}, "at most 200"),
    ],
)
def test_unsound_facts_are_refused_with_a_sentence(facts: object, message: str) -> None:
    with pytest.raises(FactError, match=message):
        parse_facts(facts)
