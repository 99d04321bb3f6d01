"""The door of the rulebook: untrusted plain data in, a sound `Rulebook` or every problem out."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, get_args

from rules.language.facts import FactError, Scalar, parse_facts
from rules.language.text import MAX_MESSAGE
from rules.rulebook.nodes import Node, Path, Problem, Problems, RulebookError, iterate_named
from rules.rulebook.parse_actions import parse_action
from rules.rulebook.parse_conditions import parse_condition
from rules.rulebook.parse_recognition import (
    count_all_expansions,
    measure_all_expansions,
    parse_entity,
    parse_intent,
)
from rules.rulebook.parse_scope import Scope, build_scope
from rules.rulebook.parse_times import parse_validity
from rules.rulebook.parse_webhooks import parse_webhook
from rules.rulebook.parts import (
    Action,
    Ask,
    Call,
    Close,
    Criterion,
    Escalate,
    Handoff,
    Intent,
    Rule,
    Rulebook,
    RuleExample,
)

__all__ = ["Path", "Problem", "RulebookError", "parse_rulebook"]

VERSION = 1
MAX_RULES = 20_000
MAX_ACTIONS = 20
MAX_EXAMPLES = 200  # for one rule
MAX_PRIORITY = 1_000_000
MAX_TOTAL_EXPANSIONS = 500_000
MAX_TOTAL_CHARACTERS = 30_000_000
MAX_NAMED = 20_000  # intents; entities
MAX_WEBHOOKS = 100


def parse_rulebook(
    data: object,
    lines: Mapping[Path, int] | None = None,
    *,
    same: Mapping[tuple[str, str], Any] | None = None,
) -> Rulebook:
    """Read plain data; `lines` says where each path stands. Raises `RulebookError` with all.

    `same` holds intents and rules, by section and name, that were read from equal data before:
    they are taken as they are.
    """
    same = same or {}
    problems = Problems(lines=lines or {})
    root = Node(value=data, problems=problems)
    fields = root.read_fields(
        required=("rulebook",),
        optional=("entities", "intents", "webhooks", "rules", "complex"),
    )
    if "rulebook" in fields:
        _check_version(fields["rulebook"])
    scope = build_scope(data)
    rulebook = Rulebook(
        entities={
            name: parse_entity(node, name=name)
            for name, node in iterate_named(fields.get("entities"), most=MAX_NAMED)
        },
        intents={
            name: same.get(("intents", name)) or parse_intent(node, name=name)
            for name, node in iterate_named(fields.get("intents"), most=MAX_NAMED)
        },
        rules=_parse_rules(fields.get("rules"), scope, same),
        webhooks={
            name: parse_webhook(node, scope, name=name)
            for name, node in iterate_named(fields.get("webhooks"), most=MAX_WEBHOOKS)
        },
        complex=_parse_complex(fields.get("complex")),
    )
    _check_size(root, list(rulebook.intents.values()))
    problems.raise_if_any()
    return rulebook


def _check_version(node: Node) -> None:
    if node.value is True or node.value != VERSION:
        node.fail(f"this version reads `rulebook: {VERSION}`")


def _parse_complex(node: Node | None) -> tuple[Criterion, ...]:
    """In the order of the file; what it leaves out, or leaves empty, is nothing."""
    items = [] if node is None or node.value is None else node.read_list(most=20)
    known: tuple[Criterion, ...] = get_args(Criterion)
    found = dict.fromkeys(item.read_known("criterion", known) for item in items)
    return tuple(criterion for name in found for criterion in known if criterion == name)


def _check_size(root: Node, intents: list[Intent]) -> None:
    if (count := count_all_expansions(intents)) > MAX_TOTAL_EXPANSIONS:
        root.fail(
            f"all phrases together spell out {count} phrases;"
            f" at most {MAX_TOTAL_EXPANSIONS} are allowed"
        )
    elif (size := measure_all_expansions(intents)) > MAX_TOTAL_CHARACTERS:
        root.fail(
            f"all phrases together spell out {size // 10**6} million characters;"
            f" at most {MAX_TOTAL_CHARACTERS // 10**6} million are allowed"
        )


def _parse_rules(
    section: Node | None, scope: Scope, same: Mapping[tuple[str, str], Any]
) -> dict[str, Rule]:
    rules: dict[str, Rule] = {}
    if section is None or section.value is None:
        return rules
    for node in section.read_list(most=MAX_RULES):
        rule = _find_same(node, same) or _parse_rule(_name_after_rule(section, node), scope)
        if rule is not None and rules.setdefault(rule.name, rule) is not rule:
            node.fail(f"there is already a rule `{rule.name}`")
    return rules


def _find_same(node: Node, same: Mapping[tuple[str, str], Any]) -> Rule | None:
    if not same or not isinstance(node.value, Mapping):
        return None
    found: Rule | None = same.get(("rules", str(node.value.get("name"))))
    return found


def _name_after_rule(section: Node, node: Node) -> Node:
    """The same place, called by the rule's name where it has one."""
    name = node.value.get("name") if isinstance(node.value, Mapping) else None
    if isinstance(name, str) and name.strip():
        return replace(node, label=f"{section.label}.{name[:60]}")
    return node


def _parse_rule(node: Node, scope: Scope) -> Rule | None:
    fields = node.read_fields(
        required=("name", "when", "then"), optional=("priority", "valid", "examples")
    )
    name = fields["name"].read_label() if "name" in fields else None
    priority: int | None = 0
    if "priority" in fields:
        priority = fields["priority"].read_integer(least=-MAX_PRIORITY, most=MAX_PRIORITY)
    when = parse_condition(fields["when"], scope) if "when" in fields else None
    then = _parse_actions(fields["then"], scope) if "then" in fields else ()
    validity = parse_validity(fields["valid"]) if "valid" in fields else None
    examples = fields["examples"].read_list(most=MAX_EXAMPLES) if "examples" in fields else []
    parsed = tuple(_parse_example(item, scope, rule=name) for item in examples)
    if name is None or when is None or priority is None:
        return None
    return Rule(
        name=name, when=when, then=then, priority=priority, examples=parsed, validity=validity
    )


def _parse_actions(node: Node, scope: Scope) -> tuple[Action, ...]:
    items = node.read_list(most=MAX_ACTIONS, least=1)
    actions = tuple(action for item in items for action in parse_action(item, scope))
    for kind in (Ask, Call, Escalate, Handoff, Close):
        if sum(isinstance(action, kind) for action in actions) > 1:
            node.fail(f"`{kind.__name__.lower()}` can stand in a rule only once")
    kinds = {type(action) for action in actions}
    for last in (Ask, Escalate, Handoff, Close):
        if {Call, last} <= kinds:
            node.fail(
                f"after `call` the rules run again: put `{last.__name__.lower()}` into a rule"
                " that tests what the webhook answered"
            )
    return actions


def _parse_example(node: Node, scope: Scope, *, rule: str | None) -> RuleExample:
    """A text alone stands for one that the rule itself must win."""
    if isinstance(node.value, str):
        return RuleExample(text=node.read_text(most=MAX_MESSAGE) or "", expect=rule)
    fields = node.read_fields(required=("text",), optional=("facts", "expect"))
    expect = rule
    if "expect" in fields:
        wanted = fields["expect"]
        expect = None if wanted.value is None else wanted.read_known("rule", scope.rules)
    return RuleExample(
        text=(fields["text"].read_text(most=MAX_MESSAGE) or "") if "text" in fields else "",
        facts=_parse_example_facts(fields["facts"], scope) if "facts" in fields else {},
        expect=expect,
    )


def _parse_example_facts(node: Node, scope: Scope) -> Mapping[str, Scalar]:
    try:
        facts = parse_facts(node.value)
    except FactError as error:
        node.fail(str(error))
        return {}
    for name, value in facts.items():
        scope.check_fact(node.child(name, value), name)
    return facts
