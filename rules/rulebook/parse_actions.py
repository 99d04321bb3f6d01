"""Reading what a rule does."""

import re
from collections.abc import Callable, Mapping

from rules.rulebook.nodes import Node
from rules.rulebook.parse_recognition import check_name
from rules.rulebook.parse_scope import Scope
from rules.rulebook.parts import (
    Action,
    Ask,
    Call,
    Close,
    Escalate,
    Handoff,
    Reply,
    SetSlot,
    Tag,
    Text,
)

MAX_TEXT = 4_000  # characters
MAX_OPTION = 200  # characters
MAX_OPTIONS = 50
MAX_RETRIES = 10
MAX_LANGUAGES = 100
MAX_TAGS = 50

PLACEHOLDER = re.compile(r"\{([^\W\d][\w-]*(?:\.[\w-]+)*)\}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*\Z")

# The fields that stand beside each kind of action: required, optional.
_FIELDS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "reply": ((), ("options",)),
    "ask": (("prompt",), ("retries",)),
    "set": ((), ()),
    "tag": ((), ()),
    "call": ((), ()),
    "escalate": ((), ()),
    "handoff": ((), ()),
    "close": ((), ()),
}


def parse_action(node: Node, scope: Scope) -> list[Action]:
    """One item of `then`; a `set` of several slots gives several actions."""
    kinds = [kind for kind in _FIELDS if isinstance(node.value, Mapping) and kind in node.value]
    if len(kinds) > 1:
        node.fail(f"`{kinds[0]}` and `{kinds[1]}` are two actions: make them two items")
        return []
    if not kinds:
        found = len(node.problems.found)
        node.read_fields(optional=tuple(_FIELDS))
        if len(node.problems.found) == found:
            node.fail(f"expected an action: {', '.join(f'`{kind}`' for kind in _FIELDS)}")
        return []
    required, optional = _FIELDS[kinds[0]]
    fields = node.read_fields(required=(kinds[0], *required), optional=optional)
    return _READERS[kinds[0]](fields, scope)


def _read_reply(fields: Mapping[str, Node], scope: Scope) -> list[Action]:
    text = _read_text(fields["reply"], scope)
    options: tuple[str, ...] = ()
    if "options" in fields:
        options = fields["options"].read_texts(most=MAX_OPTIONS, each=MAX_OPTION)
    return [Reply(text=text, options=options)]


def _read_ask(fields: Mapping[str, Node], scope: Scope) -> list[Action]:
    slot = fields["ask"].read_known("entity", scope.entities)
    prompt = _read_text(fields["prompt"], scope) if "prompt" in fields else None
    retries: int | None = 2
    if "retries" in fields:
        retries = fields["retries"].read_integer(least=0, most=MAX_RETRIES)
    if slot is None or prompt is None or retries is None:
        return []
    return [Ask(slot=slot, prompt=prompt, retries=retries)]


def _read_text(node: Node, scope: Scope) -> Text:
    if not isinstance(node.value, Mapping):
        return Text(versions=((None, _read_version(node, scope)),))
    versions = node.read_mapping(least=1, most=MAX_LANGUAGES)
    for language, child in versions.items():
        if not _LANGUAGE.match(language):
            child.fail(f"`{language[:60]}` is no language, like `de` or `pt-BR`")
    return Text(
        versions=tuple((key, _read_version(child, scope)) for key, child in versions.items())
    )


def _read_version(node: Node, scope: Scope) -> str:
    text = node.read_text(most=MAX_TEXT) or ""
    _check_placeholders(node, scope, text)
    return text


def _check_placeholders(node: Node, scope: Scope, text: str) -> None:
    for name in dict.fromkeys(PLACEHOLDER.findall(text)):
        if name not in scope.slots and not scope.is_fact(name):
            known = (*scope.slots, *scope.facts)
            node.fail(f"`{{{name[:60]}}}` names no slot, entity or fact{node.suggest(name, known)}")


def _read_set(fields: Mapping[str, Node], scope: Scope) -> list[Action]:
    children = fields["set"].read_mapping()
    if isinstance(fields["set"].value, Mapping) and not children:
        fields["set"].fail("expected a slot and its value")
    actions: list[Action] = []
    for slot, child in children.items():
        check_name(child, "a slot", slot)
        value = child.read_scalar()
        if isinstance(value, str):
            _check_placeholders(child, scope, value)
        if value is not None:
            actions.append(SetSlot(slot=slot, value=value))
    return actions


def _read_tag(fields: Mapping[str, Node], _: Scope) -> list[Action]:
    return [Tag(names=fields["tag"].read_labels(most=MAX_TAGS))]


def _read_call(fields: Mapping[str, Node], scope: Scope) -> list[Action]:
    webhook = fields["call"].read_known("webhook", scope.webhooks)
    return [] if webhook is None else [Call(webhook=webhook)]


def _read_escalate(fields: Mapping[str, Node], _: Scope) -> list[Action]:
    node = fields["escalate"]
    return [Escalate(instruction=None if node.value is True else node.read_text(most=MAX_TEXT))]


def _read_handoff(fields: Mapping[str, Node], _: Scope) -> list[Action]:
    node = fields["handoff"]
    return [Handoff() if node.value is True else Handoff(queue=node.read_label() or "")]


def _read_close(fields: Mapping[str, Node], _: Scope) -> list[Action]:
    if fields["close"].value is not True:
        fields["close"].fail("`close` can only be `true`: leave it out to go on")
    return [Close()]


_READERS: Mapping[str, Callable[[Mapping[str, Node], Scope], list[Action]]] = {
    "reply": _read_reply,
    "ask": _read_ask,
    "set": _read_set,
    "tag": _read_tag,
    "call": _read_call,
    "escalate": _read_escalate,
    "handoff": _read_handoff,
    "close": _read_close,
}
