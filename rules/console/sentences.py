"""Rules in words for lists: what one needs and what it does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SHOWN = 90  # characters of a reply

_OPERATORS: Mapping[str, str] = {
    "is": "is",
    "not": "is not",
    "in": "is one of",
    "not_in": "is none of",
    "at_least": "is at least",
    "at_most": "is at most",
    "above": "is more than",
    "below": "is less than",
}
_SUBJECTS: Mapping[str, str] = {
    "hours": "the shop",
    "language": "the language",
    "turn": "the number of the message",
    "repeat": "how often it was said again",
    "agents_online": "people at the desk",
    "last_rule": "the last answer's rule",
    "last_rule_run": "answers in a row by that rule",
    "last_rejected": "“the last answer was rejected”",
}
_GROUPS: Mapping[str, str] = {"all": "all of", "any": "one of", "none": "none of"}
_JOINTS: Mapping[str, str] = {"all": " and ", "any": " or ", "none": ", "}


def describe_when(condition: Any, *, inside: bool = False) -> str:
    """`wants track_order and order_number is known`."""
    if not isinstance(condition, Mapping):
        return "…"
    for kind, joint in _JOINTS.items():
        if isinstance(parts := condition.get(kind), list):
            text = joint.join(describe_when(part, inside=True) for part in parts)
            if kind == "none":
                return f"none of: {text}" if not inside else f"none of ({text})"
            return f"({text})" if inside and len(parts) > 1 else text
    return _describe_leaf(condition)


def _describe_leaf(leaf: Mapping[str, Any]) -> str:
    if "intent" in leaf:
        return f"wants {leaf['intent']}"
    subject = _find_subject(leaf)
    if "known" in leaf:
        return f"{subject} is {'known' if leaf['known'] is True else 'not known'}"
    for operator, words in _OPERATORS.items():
        if operator in leaf:
            return f"{subject} {words} {describe_value(leaf[operator])}"
    return f"names {leaf['entity']}" if "entity" in leaf else "…"


def _find_subject(leaf: Mapping[str, Any]) -> str:
    name = str(leaf.get("slot") or leaf.get("entity") or leaf.get("fact") or "…")
    return _SUBJECTS.get(name, name) if "fact" in leaf else name


def describe_value(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(describe_value, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def describe_then(actions: Any) -> list[tuple[str, str]]:
    """Each action as an icon's name and a few words."""
    listed = actions if isinstance(actions, list) else []
    return [_describe_action(action) for action in listed if isinstance(action, Mapping)]


def _describe_action(action: Mapping[str, Any]) -> tuple[str, str]:
    for kind, (icon, words) in _ACTIONS.items():
        if kind in action:
            value = "" if action[kind] is True else _shorten(_pick(action[kind], kind))
            return icon, f"{words} {value}".strip().removesuffix(":")
    return "help", "something this page does not know"


_ACTIONS: Mapping[str, tuple[str, str]] = {
    "reply": ("chat_bubble", ""),
    "ask": ("help", "asks for"),
    "set": ("bookmark", "remembers"),
    "tag": ("label", "tags"),
    "call": ("sync_alt", "looks up"),
    "escalate": ("auto_awesome", "passes to the model:"),
    "handoff": ("support_agent", "hands over to people"),
    "close": ("door_open", "ends the conversation"),
}


def _pick(value: Any, kind: str) -> str:
    if isinstance(value, Mapping):
        shown = value.values() if kind == "reply" else value
        return str(next(iter(shown), "")) if kind == "reply" else ", ".join(map(str, shown))
    return f"({value})" if kind == "handoff" else describe_value(value)


def _shorten(text: str) -> str:
    line = " ".join(text.replace("**", "").split())
    return line if len(line) <= SHOWN else f"{line[: SHOWN - 1].rstrip()}…"
