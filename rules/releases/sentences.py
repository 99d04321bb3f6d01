"""A change of one piece in words that a shop owner reads: conditions, actions, texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

KINDS = {
    "entities": "Entity",
    "intents": "Intent",
    "webhooks": "Webhook",
    "rules": "Rule",
    "complex": "Too complex for rules",
}
_WORDS = {
    "is": "is",
    "not": "is not",
    "in": "is one of",
    "not_in": "is none of",
    "at_least": "is at least",
    "at_most": "is at most",
    "above": "is above",
    "below": "is below",
}
_FIELDS = {
    "phrases": "phrase",
    "avoid": "phrase to avoid",
    "examples": "example",
    "counterexamples": "counterexample",
    "tags": "tag",
    "send": "fact to send",
    "values": "value",
    "typos": "forgiven word",
    "llm": "whether the model may answer",
    "valid": "time of validity",
    "public": "whether strangers may trigger it",
}
UNSAID = "written differently"
_LONGEST = 160  # characters of a text that a sentence repeats


def build_details(section: str, old: Any, new: Any) -> tuple[str, ...]:
    """What differs between two forms of a piece, a phrase each; nothing if nothing does."""
    if _write(old) == _write(new):
        return ()
    if section == "complex":
        return tuple(_compare_lists("case", old, new)) or (UNSAID,)
    return tuple(
        detail
        for key in dict.fromkeys((*old, *new))
        if _write(old.get(key)) != _write(new.get(key))
        for detail in tuple(_compare_field(key, old.get(key), new.get(key))) or (UNSAID,)
    )


def _write(value: Any) -> bytes:
    """Equal for what means the same: 1 and true differ, the order of keys does not matter."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def _compare_field(key: str, old: Any, new: Any) -> Iterator[str]:
    name = _FIELDS.get(key, key)
    if key == "when":
        yield from _compare_texts("condition", _build_conditions(old), _build_conditions(new))
    elif key == "then" and _are_all(list, old, new):
        yield from _compare_actions(old or [], new or [])
    elif _are_all(list, old, new):
        yield from _compare_lists(name, old or [], new or [])
    elif _are_all(Mapping, old, new) and key != "valid":
        yield from _compare_mappings(name, old or {}, new or {})
    else:
        yield _say_change(name, *("" if value is None else _say(value) for value in (old, new)))


def _are_all(kind: type, *values: Any) -> bool:
    return all(value is None or isinstance(value, kind) for value in values)


def _compare_lists(name: str, old: list[Any], new: list[Any]) -> Iterator[str]:
    before, after = ([_say(item) for item in items] for items in (old, new))
    yield from _compare_texts(name, before, after)
    if sorted(before) == sorted(after) and before != after:
        yield f"order of the {name}s changed"


def _compare_texts(name: str, old: list[str], new: list[str]) -> Iterator[str]:
    yield from (f"{name} removed: {item}" for item in old if item not in new)
    yield from (f"{name} added: {item}" for item in new if item not in old)


def _compare_mappings(name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    for key in dict.fromkeys((*old, *new)):
        if key not in new:
            yield f"{name} removed: {key}"
        elif key not in old:
            yield f"{name} added: {_say_pair(key, new[key])}"
        elif _write(old[key]) != _write(new[key]):
            yield f"{name} {key} changed from {_say(old[key])} to {_say(new[key])}"


def _compare_actions(old: list[Any], new: list[Any]) -> Iterator[str]:
    """Where both have one action of a kind, what changed in it; else what came and went."""
    before, after = (_sort_actions(items) for items in (old, new))
    for kind in dict.fromkeys((*before, *after)):
        ours, theirs = before.get(kind, []), after.get(kind, [])
        if len(ours) == len(theirs) == 1:
            if ours != theirs:
                yield _say_change(kind, ours[0], theirs[0])
        else:
            yield from _compare_texts(kind, ours, theirs)
    if list(map(str, old)) != list(map(str, new)) and before == after:
        yield "order of the actions changed"


def _sort_actions(actions: list[Any]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for action in actions:
        for key, value in action.items():
            found.setdefault(str(key), []).append(_say(value))
    return found


def _build_conditions(condition: Any) -> list[str]:
    """The parts that all have to hold, in words."""
    parts = condition.get("all") if isinstance(condition, Mapping) else None
    return [_say_condition(part) for part in parts] if parts else [_say_condition(condition)]


def _say_condition(part: Any) -> str:
    if not isinstance(part, Mapping):
        return _say(part)
    for group, joint in (("all", " and "), ("any", " or "), ("none", " or ")):
        if group in part:
            inner = joint.join(_say_condition(each) for each in part[group])
            return f"not ({inner})" if group == "none" else f"({inner})"
    return _say_leaf(part)


def _say_leaf(leaf: Mapping[str, Any]) -> str:
    kind, name = next(((key, leaf[key]) for key in _LEAVES if key in leaf), ("", ""))
    if kind == "intent":
        return f"the visitor wants {name}"
    subject = _LEAVES.get(kind, "{}").format(name)
    rest = {key: value for key, value in leaf.items() if key != kind}
    if not rest:
        return f"{subject} is mentioned"
    return " and ".join(f"{subject} {_say_test(key, value)}" for key, value in rest.items())


_LEAVES = {"intent": "{}", "entity": "{}", "slot": "{}", "fact": "{}"}


def _say_test(operator: str, value: Any) -> str:
    if operator == "known":
        return "is known" if value else "is not known"
    return f"{_WORDS.get(operator, operator)} {_say(value)}"


def _say_change(name: str, old: str, new: str) -> str:
    if not old:
        return f"{name} added: {new}"
    return f"{name} changed from {old} to {new}" if new else f"{name} removed: {old}"


def _say_pair(key: str, value: Any) -> str:
    return f"{key} ({_say(value)})" if value else str(key)


def _say(value: Any) -> str:
    """A value in plain text: no brackets and braces of any notation."""
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_say(part)}" for key, part in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_say(part) for part in value) or "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = " ".join(str(value).split())
    text = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
    return f"“{text}”" if isinstance(value, str) else text
