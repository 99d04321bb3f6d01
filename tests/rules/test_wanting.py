"""Built-in entities are looked for only where a rule or an open question wants them."""

from typing import Any

import pytest

from rules.decision import Asked, Decision
from rules.language.facts import Scalar
from tests.rules.shop import build_data, say

ENTITIES = {
    "due": {"builtin": "date"},
    "price": {"builtin": "money"},
    "size": {"values": {"small": []}},
}
WEBHOOKS = {"look": {"url": "https://shop.example/look", "send": ["entity.price.amount"]}}
NOW: dict[str, Scalar] = {"now": "2026-11-22T23:30:00+01:00"}
HI = {"intent": "hi"}


def tell(text: str, *rules: dict[str, Any], **more: Any) -> Decision:
    data = build_data(*rules, entities=ENTITIES, webhooks=WEBHOOKS)
    return say(text, NOW | more.pop("facts", {}), data=data, **more)


def rule(when: dict[str, Any], *then: dict[str, Any]) -> dict[str, Any]:
    return {"when": when, "then": list(then) or [{"close": True}]}


@pytest.mark.parametrize(
    "mention",
    [
        rule({"all": [HI, {"entity": "due"}]}),
        rule({"all": [HI, {"slot": "due", "known": True}]}),
        rule({"all": [HI, {"fact": "entity.due", "is": "2026-11-23"}]}),
        rule({"any": [HI, {"none": [{"entity": "due"}]}]}),
        rule(HI, {"ask": "due", "prompt": "When?"}),
        rule(HI, {"reply": "Until {due}."}),
        rule(HI, {"reply": {"en": "Hello.", "de": "Bis {entity.due}."}}),
        rule(HI, {"set": {"size": "{slot.due}"}}),
    ],
)
def test_a_rule_that_mentions_one_wants_it(mention: dict[str, Any]) -> None:
    decision = tell("hello, tomorrow for € 5", mention)
    assert decision.entities == {"due": ("2026-11-23",)}
    assert decision.slots["due"] == "2026-11-23"


def test_what_a_webhook_is_sent_is_wanted() -> None:
    decision = tell("hello, tomorrow for € 5", rule(HI, {"call": "look"}))
    assert decision.entities == {"price": ("5.00 EUR",)}


@pytest.mark.parametrize(
    "when",
    [
        {"all": [{"intent": "bye"}, {"entity": "due"}]},
        {"all": [HI, {"fact": "hours", "is": "open"}, {"entity": "due"}]},
        {"all": [HI, {"none": [HI, {"entity": "due"}]}]},
    ],
)
def test_a_rule_that_cannot_hold_whatever_is_found_wants_nothing(when: dict[str, Any]) -> None:
    assert tell("hello, tomorrow", rule(when)).entities == {}


def test_a_rule_out_of_its_time_wants_nothing() -> None:
    late = rule({"all": [HI, {"entity": "due"}]}) | {"valid": {"from": "2026-12-01"}}
    assert tell("hello, tomorrow", late).entities == {}


def test_an_open_question_wants_its_answer() -> None:
    ask = rule({"intent": "bye"}, {"ask": "due", "prompt": "When?"})
    assert tell("tomorrow", ask).entities == {}
    decision = tell("tomorrow", ask, asked=Asked("due", "a", 1, ("bye",)))
    assert decision.slots["due"] == "2026-11-23"


def test_a_newly_found_value_takes_the_place_of_an_older_one() -> None:
    answer = rule({"all": [HI, {"slot": "due", "is": "2026-11-23"}]}, {"reply": "{due}"})
    assert tell("hello, tomorrow", answer, facts={"slot.due": "2026-01-01"}).reply == "2026-11-23"


def test_money_brings_amount_and_currency() -> None:
    when = {
        "all": [
            HI,
            {"fact": "entity.price.amount", "above": 40},
            {"fact": "entity.price.currency", "is": "EUR"},
        ]
    }
    assert tell("hello, € 49.90", rule(when)).rule == "a"
    assert tell("hello, $ 49.90", rule(when)).rule is None
    assert tell("hello, € 4.90", rule(when)).rule is None


def test_it_is_read_in_the_language_of_the_conversation() -> None:
    due = rule({"all": [HI, {"entity": "due"}]}, {"reply": "{due}"})
    replies = [
        tell("hello, 12/05/2026 morgen", due, facts=facts).reply
        for facts in ({"language": "en-US"}, {"language": "en-GB"}, {"language": "de"}, {})
    ]
    assert replies == ["2026-12-05", "2026-05-12", "2026-05-12", None]
