"""The rulebook's own examples, tried in every evaluator: what is published always fires."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from rules.decision import Situation, decide
from rules.evaluator import Evaluator
from rules.rulebook.parts import Entity, Intent, Rulebook, RuleExample


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about a rulebook worth saying; an ERROR keeps it from being published."""

    level: Literal["ERROR", "WARNING"]
    code: str  # stable
    where: str  # the path in the file, `intents.track_order.examples[0]`
    message: str


def find_failures(rulebook: Rulebook, evaluators: Iterable[Evaluator]) -> tuple[Finding, ...]:
    """Every example that does not come out as it should, each finding once."""
    return tuple(
        dict.fromkeys(
            finding for evaluator in evaluators for finding in _check(rulebook, evaluator)
        )
    )


def _check(rulebook: Rulebook, evaluator: Evaluator) -> Iterator[Finding]:
    for entity in rulebook.entities.values():
        yield from _check_entity(entity, evaluator)
    for intent in rulebook.intents.values():
        yield from _check_intent(intent, evaluator)
    for rule in rulebook.rules.values():
        for at, example in enumerate(rule.examples):
            yield from _check_example(example, evaluator, where=f"rules.{rule.name}.examples[{at}]")


def _check_entity(entity: Entity, evaluator: Evaluator) -> Iterator[Finding]:
    if entity.example is None:
        return
    if not evaluator.recognise(entity.example).entities.get(entity.name):
        yield Finding(
            level="ERROR",
            code="entity_example",
            where=f"entities.{entity.name}.example",
            message=f"No {entity.name} is found in “{entity.example}”.",
        )


def _check_intent(intent: Intent, evaluator: Evaluator) -> Iterator[Finding]:
    for at, text in enumerate(intent.examples):
        intents = evaluator.recognise(text).intents
        if intent.name not in intents:
            yield Finding(
                level="ERROR",
                code="intent_example",
                where=f"intents.{intent.name}.examples[{at}]",
                message=f"“{text}” is recognised as {_list(intents)}, not as {intent.name}.",
            )
    for at, text in enumerate(intent.counterexamples):
        if intent.name in evaluator.recognise(text).intents:
            yield Finding(
                level="ERROR",
                code="intent_counterexample",
                where=f"intents.{intent.name}.counterexamples[{at}]",
                message=f"“{text}” is recognised as {intent.name} and must not be.",
            )


def _list(names: tuple[str, ...]) -> str:
    return ", ".join(names) or "no intent"


def _check_example(example: RuleExample, evaluator: Evaluator, *, where: str) -> Iterator[Finding]:
    decision = decide(evaluator, Situation(text=example.text, facts=example.facts))
    if decision.rule != example.expect:
        yield Finding(
            level="ERROR",
            code="rule_example",
            where=where,
            message=(
                f"“{example.text}” is decided by {_name(decision.rule)},"
                f" not by {_name(example.expect)} (intents: {_list(decision.intents)})."
            ),
        )


def _name(rule: str | None) -> str:
    return f"the rule {rule}" if rule is not None else "no rule"
