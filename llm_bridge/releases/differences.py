"""What two plans say otherwise, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import unified_diff
from typing import Any

from llm_bridge.plan import Choice, HardWhen, Plan, parse_plan


@dataclass(frozen=True, slots=True)
class Change:
    """One part that differs: `details` says how, a phrase each."""

    name: str
    details: tuple[str, ...]


def build_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Change, ...]:
    """The parts that differ, in the order of the form; raises PlanError."""
    return tuple(_compare(parse_plan(before), parse_plan(after)))


def _compare(old: Plan, new: Plan) -> Iterator[Change]:
    if old.choices != new.choices:
        yield Change("Order of models", _compare_choices(old.choices, new.choices))
    if old.hard_choices != new.hard_choices:
        details = _compare_choices(old.hard_choices, new.hard_choices)
        yield Change("Models for hard questions", details)
    if old.hard_when != new.hard_when:
        was, now = (_join(describe_hard(each.hard_when)) for each in (old, new))
        yield Change("What counts as hard", (f"before: {was}", f"now: {now}"))
    if old.prompt.strip() != new.prompt.strip():
        yield Change("What the company tells the model", tuple(_compare_prompts(old, new)))
    if old.parameters.temperature != new.parameters.temperature:
        was_at, now_at = (f"{each.parameters.temperature:g}" for each in (old, new))
        yield Change("Freedom of wording", (f"{was_at} becomes {now_at}",))
    if old.parameters.max_tokens != new.parameters.max_tokens:
        was_at, now_at = (f"{each.parameters.max_tokens:,}" for each in (old, new))
        yield Change("Longest answer", (f"{was_at} tokens become {now_at}",))


def _compare_choices(old: tuple[Choice, ...], new: tuple[Choice, ...]) -> tuple[str, ...]:
    added = [f"{describe_choice(each)} is asked now" for each in new if each not in old]
    removed = [f"{describe_choice(each)} is asked no longer" for each in old if each not in new]
    if not new:
        return ("none any more",)
    order = f"order: {', then '.join(map(describe_choice, new))}"
    return (*added, *removed, order)


def _compare_prompts(old: Plan, new: Plan) -> Iterator[str]:
    before, after = (each.prompt.strip().splitlines() for each in (old, new))
    for line in list(unified_diff(before, after, n=0, lineterm=""))[2:]:
        if line[:1] in "+-" and line[1:].strip():
            yield f"{'added' if line[0] == '+' else 'removed'}: “{line[1:].strip()}”"


def describe_choice(choice: Choice) -> str:
    """`gpt-5.4-mini at openai`, with its effort where one is set."""
    model = f"{choice.model} at {choice.provider}" if choice.model else f"{choice.provider}'s model"
    effort = choice.reasoning_effort
    return f"{model} (effort: {effort})" if effort else model


def describe_hard(when: HardWhen) -> tuple[str, ...]:
    """The criteria of a hard question as phrases; any of them is enough."""
    said = (
        when.words and f"it has {when.words} words or more",
        when.questions and f"it asks {when.questions} questions or more",
        when.no_source and "no help article fits it",
        when.unanswered and f"{when.unanswered} or more before it got no answer",
    )
    return tuple(each for each in said if each)


def _join(phrases: tuple[str, ...]) -> str:
    return ", or ".join(phrases) or "nothing"
