"""The workload as a rulebook, decided by `rules.decision.decide`."""

from typing import Any

from benchmarks.peers.stopwatch import Decide
from rules.decision import Situation, decide
from rules.evaluator import build_evaluator
from rules.rulebook.parsing import parse_rulebook

_OPERATORS = {"eq": "is", "ne": "not", "in": "in", "ge": "at_least", "le": "at_most"}


def build(rules: list[dict[str, Any]], *, engine: str) -> Decide:
    evaluator = build_evaluator(parse_rulebook(build_rulebook(rules)), engine)
    if evaluator.name != engine:
        raise SystemExit(f"the engine {engine} does not load here")

    def answer(text: str, facts: dict[str, Any]) -> str | None:
        named = {f"visitor.{name}": value for name, value in facts.items()}
        return decide(evaluator, Situation(text, named)).rule

    return answer


def build_rulebook(rules: list[dict[str, Any]]) -> dict[str, Any]:
    """Priorities follow the order given, so that every peer means the same winner."""
    intents: dict[str, Any] = {}
    for rule in rules:
        if rule["text"]:
            intents[f"says_{rule['name']}"] = _build_intent(rule["text"])
        if rule["without"]:
            intents[f"lacks_{rule['name']}"] = _build_intent(rule["without"])
    ranked = zip(range(len(rules), 0, -1), rules, strict=True)
    return {
        "rulebook": 1,
        "intents": intents,
        "rules": [_build_rule(rule, priority) for priority, rule in ranked],
    }


def _build_intent(expressions: list[str]) -> dict[str, Any]:
    """The workload's patterns expect a space before the text; a real message has none."""
    phrases = (
        f"/(?:^| ){each[2:]}" if each.startswith("/ ") else each
        for each in dict.fromkeys(expressions)
    )
    return {"phrases": list(phrases)}


def _build_rule(rule: dict[str, Any], priority: int) -> dict[str, Any]:
    leaves: list[dict[str, Any]] = [
        {"fact": f"visitor.{fact}", _OPERATORS[operator]: operand}
        for fact, operator, operand in rule["tests"]
    ]
    if rule["text"]:
        leaves.append({"intent": f"says_{rule['name']}"})
    if rule["without"]:
        leaves.append({"none": [{"intent": f"lacks_{rule['name']}"}]})
    return {
        "name": rule["name"],
        "priority": priority,
        "when": {"all": leaves},
        "then": [{"reply": rule["name"]}],
    }
