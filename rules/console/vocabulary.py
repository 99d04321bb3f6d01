"""The words an editor can choose from: what the draft names, and the facts with their kinds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from rules.draft import Document
from rules.rulebook.parse_actions import PLACEHOLDER
from rules.rulebook.parse_scope import build_scope

MOST_VALUES = 300  # of one entity, offered to choose from

# What a fact is about, in words that its value continues; and what can stand there.
FACTS: Mapping[str, Mapping[str, Any]] = {
    "hours": {"label": "the shop is", "kind": "choice", "values": ["open", "closed"]},
    "language": {"label": "the visitor's language", "kind": "text"},
    "site": {"label": "the site", "kind": "text"},
    "turn": {"label": "the number of this message", "kind": "number"},
    "repeat": {"label": "times the same was just said again", "kind": "number"},
    "agents_online": {"label": "people at the desk", "kind": "number"},
    "last_rule": {"label": "the rule that answered last", "kind": "rule"},
    "last_rule_run": {"label": "answers in a row by that rule", "kind": "number"},
    "last_rejected": {"label": "the last answer was rejected", "kind": "flag"},
}


def build_vocabulary(draft: Document) -> dict[str, Any]:
    """Names for the menus of the editors."""
    scope = build_scope(draft)
    rules = [rule for rule in draft.get("rules", []) if isinstance(rule, Mapping)]
    leaves = [leaf for rule in rules for leaf in walk_leaves(rule.get("when"))]
    actions = [action for rule in rules for action in rule.get("then") or ()]
    named = [str(leaf["fact"]) for leaf in leaves if "fact" in leaf]
    texts = [text for action in actions for text in walk_texts(action)]
    named += [name for text in texts for name in PLACEHOLDER.findall(text)]
    return {
        "intents": list(scope.intents),
        "entities": [_build_entity(name, each) for name, each in _find(draft, "entities")],
        "slots": list(scope.slots),
        "facts": [{"name": name, **fact} for name, fact in FACTS.items()],
        "kinds": _find_kinds(leaves, actions),
        "named": sorted({name for name in named if name.startswith(("visitor.", "call."))}),
        "webhooks": list(scope.webhooks),
        "rules": list(scope.rules),
        "queues": sorted(_find_texts(actions, "handoff")),
        "tags": sorted(_find_texts(actions, "tag")),
        "languages": sorted(_find_languages(actions)),
    }


def _find_kinds(leaves: list[Mapping[str, Any]], actions: list[Any]) -> dict[str, str]:
    """What kind of value a slot is set to or a fact compared with, where all agree."""
    values: dict[str, set[str]] = defaultdict(set)
    for action in actions:
        slots = action.get("set") if isinstance(action, Mapping) else None
        for name, value in (slots if isinstance(slots, Mapping) else {}).items():
            values[f"slot.{name}"].add(find_kind(value))
    for leaf in leaves:
        for operator in ("is", "not", "in", "not_in"):
            operands = leaf.get(operator, []) if "fact" in leaf else []
            for value in operands if isinstance(operands, list) else [operands]:
                values[str(leaf["fact"])].add(find_kind(value))
    return {name: kinds.pop() for name, kinds in values.items() if len(kinds) == 1}


def find_kind(value: Any) -> str:
    if isinstance(value, bool):
        return "flag"
    return "number" if isinstance(value, int | float) else "text"


def _find(draft: Document, section: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield from (draft.get(section) or {}).items()


def _build_entity(name: str, piece: Mapping[str, Any]) -> dict[str, Any]:
    kind = "values" if "values" in piece else piece.get("builtin") or "pattern"
    return {"name": name, "kind": kind, "values": list(piece.get("values") or ())[:MOST_VALUES]}


def walk_leaves(condition: Any) -> Iterator[Mapping[str, Any]]:
    """The leaves of a condition in the form of the file, whatever else is in it."""
    if not isinstance(condition, Mapping):
        return
    groups = [condition[kind] for kind in ("all", "any", "none") if kind in condition]
    for group in groups:
        for part in group if isinstance(group, list) else ():
            yield from walk_leaves(part)
    if not groups:
        yield condition


def walk_texts(value: Any) -> Iterator[str]:
    """Every text in plain data, keys left out."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from walk_texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from walk_texts(part)


def _find_texts(actions: list[Any], kind: str) -> set[str]:
    values = [action.get(kind) for action in actions if isinstance(action, Mapping)]
    return {text for value in values for text in walk_texts(value)}


def _find_languages(actions: list[Any]) -> set[str]:
    texts = [
        action.get(kind)
        for action in actions
        if isinstance(action, Mapping)
        for kind in ("reply", "prompt")
    ]
    return {str(key) for text in texts if isinstance(text, Mapping) for key in text}
