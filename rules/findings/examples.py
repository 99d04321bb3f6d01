"""The rulebook's own examples, tried in every evaluator: what is published always fires."""

from collections.abc import Iterable, Iterator

from rules.decision import Situation, settle
from rules.evaluator import Evaluator
from rules.examples import build_example_situation
from rules.findings.finding import Finding, Witness
from rules.language.builtins import find_builtin
from rules.rulebook.parts import Entity, Intent, Rulebook, RuleExample


def find_failures(
    rulebook: Rulebook, evaluators: Iterable[Evaluator], live: Evaluator | None = None
) -> tuple[Finding, ...]:
    """Every example that does not come out as it should, each finding once."""
    return tuple(
        dict.fromkeys(
            finding for evaluator in evaluators for finding in _check(rulebook, evaluator, live)
        )
    )


def _check(rulebook: Rulebook, evaluator: Evaluator, live: Evaluator | None) -> Iterator[Finding]:
    for entity in rulebook.entities.values():
        yield from _check_entity(entity, evaluator)
    for intent in rulebook.intents.values():
        yield from _check_intent(intent, evaluator)
    for rule in rulebook.rules.values():
        for at, example in enumerate(rule.examples):
            where = f"rules.{rule.name}.examples[{at}]"
            situation = build_example_situation(rule, example)
            yield from _check_example(example, situation, evaluator, live, where=where)


def _check_entity(entity: Entity, evaluator: Evaluator) -> Iterator[Finding]:
    if entity.example is None:
        return
    if entity.builtin is not None:
        found = find_builtin(entity.builtin, entity.example, language="en", today=None) != ()
    else:
        found = entity.name in evaluator.recognise(entity.example).entities
    if not found:
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
                witness=Witness(text),
            )
    for at, text in enumerate(intent.counterexamples):
        if intent.name in evaluator.recognise(text).intents:
            yield Finding(
                level="ERROR",
                code="intent_counterexample",
                where=f"intents.{intent.name}.counterexamples[{at}]",
                message=f"“{text}” is recognised as {intent.name} and must not be.",
                witness=Witness(text),
            )


def _list(names: tuple[str, ...]) -> str:
    return ", ".join(names) or "no intent"


def _check_example(
    example: RuleExample,
    situation: Situation,
    evaluator: Evaluator,
    live: Evaluator | None,
    *,
    where: str,
) -> Iterator[Finding]:
    decision = settle(evaluator, situation)
    if decision.rule == example.expect:
        return
    was_right = live is not None and settle(live, situation).rule == example.expect
    stolen = example.expect is not None and decision.rule is not None
    rules = [rule for rule in (example.expect, decision.rule) if rule is not None]
    yield Finding(
        level="ERROR",
        code="stolen_example" if stolen else "rule_example",
        where=where,
        message=(
            f"“{example.text}” goes to {_name(decision.rule)}"
            f"{' since your change' if was_right else ''}, not to {_name(example.expect)}"
            f" (intents: {_list(decision.intents)})."
        ),
        rules=tuple(rules),
        witness=Witness(example.text, example.facts),
    )


def _name(rule: str | None) -> str:
    return rule if rule is not None else "no rule"
