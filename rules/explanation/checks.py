"""A condition with a tick or a cross at every part, and the leaves that decide it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from rules.language.facts import Fact, Scalar
from rules.reference import holds
from rules.rulebook.parts import AllOf, AnyOf, Condition, NoneOf, Rule, Test


@dataclass(frozen=True, slots=True)
class Check:
    """One condition and whether it holds; a leaf with the value it saw, a group with its parts."""

    kind: Literal["test", "all", "any", "none"]
    holds: bool
    text: str
    value: Fact | None = None
    parts: tuple["Check", ...] = ()


_KINDS: Mapping[type, Literal["all", "any", "none"]] = {AllOf: "all", AnyOf: "any", NoneOf: "none"}


def build_whole(rule: Rule) -> Condition:
    """A rule's condition with those that asking, calling and validity add."""
    return AllOf((rule.when, *rule.implied)) if rule.implied else rule.when


def build_check(condition: Condition, facts: Mapping[str, Fact]) -> Check:
    if isinstance(condition, Test):
        return Check(
            kind="test",
            holds=holds(condition, facts),
            text=describe_test(condition),
            value=facts.get(condition.fact),
        )
    kind = _KINDS[type(condition)]
    return Check(
        kind=kind,
        holds=holds(condition, facts),
        text=f"{kind} of",
        parts=tuple(build_check(part, facts) for part in condition.parts),
    )


def describe_test(test: Test) -> str:
    """A leaf in words: `intent is track_order`, `turn at least 3`, `slot size not known`."""
    kind, _, name = test.fact.partition(".")
    if kind == "clock":
        return _describe_moment(test, is_local=name == "local")
    subject = f"{kind} {name}" if kind in {"entity", "slot"} and name else test.fact
    if test.operator == "known":
        return f"{subject} {'known' if test.operand is True else 'not known'}"
    operator = "is not" if test.operator == "not" else test.operator.replace("_", " ")
    operands = test.operand if isinstance(test.operand, tuple) else (test.operand,)
    subject = "intent" if test.fact == "intents" else subject
    return f"{subject} {operator} {', '.join(map(_show, operands))}"


def _describe_moment(test: Test, *, is_local: bool) -> str:
    """`valid from 2026-11-27 00:00`, instead of a count of seconds."""
    seconds = test.operand if isinstance(test.operand, int | float) else 0.0
    moment = datetime.fromtimestamp(seconds, UTC)
    zone = "" if is_local else " UTC"
    return (
        f"valid {'from' if test.operator == 'at_least' else 'until'} {moment:%Y-%m-%d %H:%M}{zone}"
    )


def _show(value: Scalar) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def find_turning_leaves(condition: Condition, facts: Mapping[str, Fact]) -> Iterator[Test]:
    """The leaves each of which alone, were it otherwise, would turn the whole condition."""
    if isinstance(condition, Test):
        yield condition
        return
    # In `all` a false part decides, in `any` and `none` a true one.
    decisive = not isinstance(condition, AllOf)
    deciding = [part for part in condition.parts if holds(part, facts) is decisive]
    for part in deciding or condition.parts:
        if len(deciding) <= 1:
            yield from find_turning_leaves(part, facts)
