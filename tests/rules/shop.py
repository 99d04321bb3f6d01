"""The rulebook of the interface document, whole, and short ways to ask it."""

from typing import Any

import pytest

from rules.decision import Asked, Decision, Situation, decide
from rules.engine.durable import DURABLE_AVAILABLE, DURABLE_PROBLEM
from rules.evaluator import build_evaluators
from rules.rulebook.parsing import parse_rulebook
from rules.rulebook.yaml_file import read_rulebook

SHOP = r"""
rulebook: 1
entities:
  order_number: {pattern: '[A-Z]{2}-?\d{6}', example: AB-123456}   # RE2, found anywhere
  product: {values: {kettle: [water boiler], toaster: []}}
intents:
  track_order:
    phrases:                              # any one recognises the intent
      - where is my (order|parcel)        # one of
      - track [my|an] order               # none or one of
      - order * arrived                   # nought to four words
      - '/\btrack(ing)? (no|number)\b/'   # RE2 on the text as written
    avoid: ['order * cancel']             # any one vetoes the intent
    llm: never                            # sealed
    examples: ["where is my parcel?"]
    counterexamples: ["I want to order a kettle"]
  complaint: {phrases: [complain, this is a (scandal|disgrace)]}
rules:
  - name: order_status
    priority: 10
    when:
      all:
        - {intent: track_order}
        - {slot: order_number, known: true}
        - {fact: hours, is: open}
        - {fact: visitor.tier, in: [gold, silver]}
        - {none: [{intent: complaint}]}   # all, any and none nest
    then:
      - {reply: 'Order {order_number} is on its way.', options: [Talk to a person]}
    examples: [{text: where is my order AB-123456, facts: {hours: open, visitor.tier: gold},
                expect: order_status}]
  - name: ask_order_number
    when: {all: [{intent: track_order}]}
    then: [{ask: order_number, prompt: 'What is your order number?', retries: 2}]
  - name: complaint_to_person
    when: {all: [{intent: complaint}]}
    then: [{handoff: complaints}]
"""

# Where it cannot be built, the reference serves alone and there is nothing to compare.
needs_durable = pytest.mark.skipif(
    not DURABLE_AVAILABLE, reason=f"durable-rules does not load: {DURABLE_PROBLEM}"
)

DATA, RULEBOOK = read_rulebook(SHOP.encode())


def say(
    text: str,
    facts: dict[str, Any] | None = None,
    *,
    asked: Asked | None = None,
    data: dict[str, Any] | None = None,
    answers: dict[str, Any] | None = None,
) -> Decision:
    """What every evaluator decides, which must be one and the same."""
    rulebook = RULEBOOK if data is None else parse_rulebook(data)
    situation = Situation(text=text, facts=facts or {}, asked=asked, answers=answers or {})
    evaluators = build_evaluators(rulebook)
    first, *others = (decide(evaluator, situation) for evaluator in evaluators)
    assert others == [first] * len(others)
    return first


def build_data(*rules: dict[str, Any], **sections: Any) -> dict[str, Any]:
    """A rulebook with two intents, two entities and these rules, named a, b, … if need be."""
    named = [{"name": chr(ord("a") + at), **rule} for at, rule in enumerate(rules)]
    return {
        "rulebook": 1,
        "intents": {"hi": {"phrases": ["hello"]}, "bye": {"phrases": ["goodbye"]}},
        "entities": {
            "size": {"values": {"small": [], "large": ["big", "very big"]}},
            "code": {"pattern": r"[A-Z]\d"},
        },
        "rules": named,
        **sections,
    }
