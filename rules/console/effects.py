"""What the draft changes for messages: the log's newest, or the rulebook's own examples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from rules.console.logged import find_logged
from rules.console.versions import Version
from rules.decision import Decision, Situation, settle
from rules.models import Rulebook

MOST_LOGGED = 300
MOST_SHOWN = 100

Kind: TypeAlias = Literal["answered", "lost", "moved", "text"]
TITLES: Mapping[Kind, str] = {
    "answered": "Newly answered",
    "lost": "No longer answered",
    "moved": "Answered by another rule",
    "text": "Answered with another text",
}


@dataclass(frozen=True, slots=True)
class Effect:
    """One message that the draft decides otherwise."""

    kind: Kind
    text: str
    live: Decision
    draft: Decision
    url: str = ""

    @property
    def title(self) -> str:
        return TITLES[self.kind]


@dataclass(frozen=True, slots=True)
class Effects:
    """`tried` messages, of which these come out otherwise."""

    source: Literal["log", "examples"]
    tried: int
    changed: tuple[Effect, ...]

    @property
    def groups(self) -> list[tuple[str, list[Effect]]]:
        """By what happens to them, what is lost first."""
        listed = [(title, [e for e in self.changed if e.kind == kind]) for kind, title in _BY_KIND]
        return [(title, effects) for title, effects in listed if effects]


_BY_KIND: list[tuple[Kind, str]] = [
    (kind, TITLES[kind]) for kind in ("lost", "moved", "text", "answered")
]


def find_effects(*, book: Rulebook, live: Version, draft: Version) -> Effects | None:
    """None where one of the two cannot decide."""
    if live.evaluator is None or draft.evaluator is None:
        return None
    logged = list(_drop_repeated(_read_log(book)))
    situations = logged or list(_drop_repeated(_read_examples(draft)))
    found = [
        effect
        for situation, url in situations
        if (effect := _compare(situation, url, live, draft)) is not None
    ]
    source: Literal["log", "examples"] = "log" if logged else "examples"
    return Effects(source=source, tried=len(situations), changed=tuple(found[:MOST_SHOWN]))


def _read_log(book: Rulebook) -> Iterator[tuple[Situation, str]]:
    yield from ((each.situation, each.url) for each in find_logged(book, MOST_LOGGED))


def _drop_repeated(found: Iterator[tuple[Situation, str]]) -> Iterator[tuple[Situation, str]]:
    """Each text once: from the log as it was asked last."""
    seen: set[str] = set()
    for situation, url in found:
        if situation.text not in seen:
            seen.add(situation.text)
            yield situation, url


def _read_examples(draft: Version) -> Iterator[tuple[Situation, str]]:
    if draft.evaluator is None:
        return
    rulebook = draft.evaluator.rulebook
    for intent in rulebook.intents.values():
        for text in intent.examples:
            yield Situation(text=text), ""
    for rule in rulebook.rules.values():
        for example in rule.examples:
            yield Situation(text=example.text, facts=example.facts), ""


def _compare(situation: Situation, url: str, live: Version, draft: Version) -> Effect | None:
    if live.evaluator is None or draft.evaluator is None:
        return None
    before, after = settle(live.evaluator, situation), settle(draft.evaluator, situation)
    kind = find_kind(before, after)
    return Effect(kind, situation.text, before, after, url) if kind else None


def find_kind(before: Decision, after: Decision) -> Kind | None:
    """How a message's fate differs, if it does."""
    if (before.rule is None) != (after.rule is None):
        return "lost" if after.rule is None else "answered"
    if before.rule != after.rule:
        return "moved"
    is_same = (before.reply, before.options, before.handoff, before.route, before.reason) == (
        after.reply,
        after.options,
        after.handoff,
        after.route,
        after.reason,
    )
    return None if is_same else "text"
