"""Reading a rule's condition."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeAlias, get_args

from rules.language.facts import Scalar
from rules.rulebook.alternatives import MAX_ALTERNATIVES, count_alternatives, has_positive_leaf
from rules.rulebook.nodes import Node, describe
from rules.rulebook.parse_scope import Scope
from rules.rulebook.parts import (
    AllOf,
    AnyOf,
    Condition,
    NoneOf,
    Operator,
    Test,
    count_leaves,
)

MAX_LEAVES = 200
MAX_DEPTH = 20
MAX_OPERANDS = 200

Operand: TypeAlias = Scalar | tuple[Scalar, ...]

_GROUPS: Mapping[str, Callable[[tuple[Condition, ...]], Condition]] = {
    "all": AllOf,
    "any": AnyOf,
    "none": NoneOf,
}
_LEAVES: Mapping[str, tuple[Operator, ...]] = {
    "intent": (),
    "entity": ("is", "in"),
    "slot": ("known", "is", "not", "in", "not_in"),
    "fact": get_args(Operator),
}
_CONDITION = "`all`, `any`, `none`, `intent`, `entity`, `slot` or `fact`"


def parse_condition(node: Node, scope: Scope) -> Condition | None:
    """A rule's whole condition, with what only the whole can be checked for."""
    condition = _parse_part(node, scope, depth=0)
    if condition is None:
        return None
    if (leaves := count_leaves(condition)) > MAX_LEAVES:
        node.fail(f"at most {MAX_LEAVES} conditions are allowed, not {leaves}")
    elif (count := count_alternatives(condition)) > MAX_ALTERNATIVES:
        node.fail(
            f"this spells out more than {MAX_ALTERNATIVES} alternatives"
            f" ({count if count < 10**9 else 'a great many'}): split the rule"
        )
    elif not has_positive_leaf(condition):
        node.fail(
            "a rule needs a condition that asks for something to be there:"
            " `known: false` and what stands inside `none` do not"
        )
    return condition


def _parse_part(node: Node, scope: Scope, *, depth: int) -> Condition | None:
    if not isinstance(node.value, Mapping):
        node.fail(f"expected a condition ({_CONDITION}), not {describe(node.value)}")
        return None
    kinds = [key for key in (*_GROUPS, *_LEAVES) if key in node.value]
    if len(kinds) > 1:
        node.fail(f"`{kinds[0]}` and `{kinds[1]}` are two conditions: list them in `all`")
        return None
    if not kinds:
        node.read_fields(optional=(*_GROUPS, *_LEAVES))
        node.fail(f"expected one of {_CONDITION}")
        return None
    if kinds[0] in _GROUPS:
        return _parse_group(node, scope, kind=kinds[0], depth=depth)
    return _parse_leaf(node, scope, kind=kinds[0])


def _parse_group(node: Node, scope: Scope, *, kind: str, depth: int) -> Condition | None:
    if depth >= MAX_DEPTH:
        node.fail(f"conditions nest at most {MAX_DEPTH} deep")
        return None
    items = node.read_fields(required=(kind,))[kind].read_list(most=MAX_LEAVES, least=1)
    parts = [_parse_part(item, scope, depth=depth + 1) for item in items]
    found = tuple(part for part in parts if part is not None)
    return _GROUPS[kind](found) if found and len(found) == len(parts) else None


def _parse_leaf(node: Node, scope: Scope, *, kind: str) -> Test | None:
    fields = node.read_fields(required=(kind,), optional=_LEAVES[kind])
    fact = _read_fact(fields[kind], scope, kind=kind)
    if kind == "intent":
        return Test("intents", "is", str(fields[kind].value)) if fact else None
    operators = [operator for operator in _LEAVES[kind] if operator in fields]
    if not operators and kind == "entity":
        return Test(fact, "known", True) if fact else None
    if len(operators) != 1:
        node.fail(f"expected exactly one of {', '.join(f'`{each}`' for each in _LEAVES[kind])}")
        return None
    operand = _read_operand(fields[operators[0]], operators[0])
    if fact is None or operand is None:
        return None
    _check_intents(fields[operators[0]], scope, fact=fact, operand=operand)
    _check_values(fields[operators[0]], scope, fact=fact, operand=operand)
    return Test(fact, operators[0], operand)


def _read_fact(node: Node, scope: Scope, *, kind: str) -> str | None:
    """The flat fact that a leaf is about."""
    if kind == "fact":
        name = node.read_text(most=200)
        return name if name is not None and scope.check_fact(node, name) else None
    known = {"intent": scope.intents, "entity": scope.entities, "slot": scope.slots}[kind]
    name = node.read_known(kind, known)
    if name is None:
        return None
    return "intents" if kind == "intent" else f"{kind}.{name}"


def _read_operand(node: Node, operator: Operator) -> Operand | None:
    if operator == "known":
        return node.read_flag()
    if operator in {"is", "not"}:
        return node.read_scalar()
    if operator in {"in", "not_in"}:
        values = [item.read_scalar() for item in node.read_list(most=MAX_OPERANDS, least=1)]
        return tuple(value for value in values if value is not None)
    return node.read_number()


def _check_intents(node: Node, scope: Scope, *, fact: str, operand: Operand) -> None:
    """Intents named by value (`{fact: intent, is: x}`) must exist like any others."""
    if fact in {"intent", "intents"} and not isinstance(operand, bool):
        for value in operand if isinstance(operand, tuple) else (operand,):
            replace(node, value=value).read_known("intent", scope.intents)


def _check_values(node: Node, scope: Scope, *, fact: str, operand: Operand) -> None:
    """An entity that lists its values is never found with another."""
    kind, _, name = fact.partition(".")
    known = scope.values.get(name) if kind == "entity" else None
    if known is None or isinstance(operand, bool):
        return
    for value in operand if isinstance(operand, tuple) else (operand,):
        meant = known.get(value) if isinstance(value, str) else None
        if meant is None:
            names = [word for word, value in known.items() if word == value]
            shown = describe(value)
            node.fail(f"{name} has no value {shown}{node.suggest(str(value), names)}")
        elif meant != value:
            node.fail(f"`{value}` is another word for `{meant}`: name the value itself")
