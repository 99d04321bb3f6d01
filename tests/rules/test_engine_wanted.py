"""Wanted: a built-in entity is looked for only where a rule that mentions it could still hold."""

from typing import Any

import pytest

from rules.evaluator import build_evaluators
from rules.language.facts import Fact
from rules.rulebook.parsing import parse_rulebook
from tests.rules.shop import needs_durable

pytestmark = needs_durable

HI: dict[str, Any] = {"intent": "hi"}
CLOSE: list[dict[str, Any]] = [{"close": True}]


def find_wanted(facts: dict[str, Fact], *rules: dict[str, Any]) -> set[str]:
    data = {
        "rulebook": 1,
        "entities": {
            "due": {"builtin": "date"},
            "price": {"builtin": "money"},
            "code": {"pattern": r"[A-Z]\d"},
        },
        "intents": {"hi": {"phrases": ["hi"]}},
        "webhooks": {"look": {"url": "https://shop.example/look", "send": ["slot.due"]}},
        "rules": [{"name": f"{at}", "then": CLOSE, **rule} for at, rule in enumerate(rules)],
    }
    engine, reference = build_evaluators(parse_rulebook(data))
    found = engine.find_wanted(facts)
    assert found == reference.find_wanted(facts)
    return set(found)


SAID: dict[str, Fact] = {"intents": ("hi",), "intent": "hi"}
DUE_AND_HI = {"all": [HI, {"entity": "due"}]}


@pytest.mark.parametrize(
    ("when", "wanted"),
    [
        (HI, set()),
        ({"entity": "due"}, {"due"}),
        (DUE_AND_HI, {"due"}),
        ({"all": [HI, {"slot": "price", "known": False}]}, {"price"}),
        ({"all": [HI, {"fact": "entity.price.amount", "above": 3}]}, {"price"}),
        ({"all": [{"fact": "turn", "is": 1}, {"entity": "due"}]}, set()),
        ({"any": [{"fact": "turn", "is": 1}, {"entity": "due"}]}, {"due"}),
        ({"all": [HI, {"none": [{"entity": "due"}]}]}, {"due"}),
        ({"all": [{"entity": "due"}, {"none": [HI]}]}, set()),
        ({"all": [{"entity": "due"}, {"none": [{"entity": "due"}]}, HI]}, {"due"}),
        ({"all": [HI, {"entity": "code"}]}, set()),
    ],
)
def test_a_rule_wants_what_it_tests_while_it_may_hold(when: Any, wanted: set[str]) -> None:
    assert find_wanted(SAID, {"when": when}) == wanted


@pytest.mark.parametrize(
    ("action", "wanted"),
    [
        ({"reply": "By {due}"}, {"due"}),
        ({"reply": "By {slot.due} for {entity.price.currency}"}, {"due", "price"}),
        ({"reply": {"en": "Hello", "de": "Bis {due}"}}, {"due"}),
        ({"set": {"price": "{due}"}}, {"due"}),
        ({"set": {"price": 1}}, set()),
        ({"ask": "due", "prompt": "When?"}, {"due"}),
        ({"ask": "code", "prompt": "Which, for {price}?"}, {"price"}),
        ({"call": "look"}, {"due"}),
    ],
)
def test_a_rule_wants_what_it_says_asks_or_sends(action: Any, wanted: set[str]) -> None:
    assert find_wanted(SAID, {"when": HI, "then": [action]}) == wanted
    assert find_wanted({}, {"when": HI, "then": [action]}) == set()


def test_what_is_implied_may_rule_it_out() -> None:
    sale = {"when": HI, "then": [{"reply": "{price}"}], "valid": {"until": "2026-11-30"}}
    assert find_wanted({**SAID, "clock.local": 1.0}, sale) == {"price"}
    assert find_wanted({**SAID, "clock.local": 9e9}, sale) == set()
    assert find_wanted(SAID, sale) == set()
    call = {"when": HI, "then": [{"call": "look"}]}
    assert find_wanted({**SAID, "call.look.ok": True}, call) == set()
    ask = {"when": HI, "then": [{"ask": "due", "prompt": "When?"}]}
    # Its own slot is unknown: it may be empty.
    assert find_wanted({**SAID, "slot.due": "2026-11-30"}, ask) == {"due"}


def test_the_wishes_of_all_rules_add_up() -> None:
    rules = [{"when": DUE_AND_HI}, {"when": {"all": [HI, {"entity": "price"}]}}]
    assert find_wanted(SAID, *rules) == {"due", "price"}
