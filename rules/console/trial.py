"""One message tried against one version of the rulebook, arranged for a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, TypeAlias

from rules.console.additions import Addition, find_addition
from rules.console.versions import Version
from rules.decision import Decision, Situation, settle
from rules.evidence import Match
from rules.explanation import (
    Check,
    Explanation,
    NearMiss,
    build_check,
    build_whole,
    explain,
    find_turning_leaves,
)
from rules.rulebook.parts import Rule, Rulebook

MAX_SHOWN = 12  # rules of one message

Standing: TypeAlias = Literal["won", "set aside", "lost", "near", "failed"]
_ORDER: Sequence[Standing] = ("won", "set aside", "lost", "near", "failed")


@dataclass(frozen=True, slots=True)
class Card:
    """A rule that the message has to do with: how it fared, why, and what it lacks."""

    rule: Rule
    standing: Standing
    check: Check
    why: str = ""
    addition: Addition | None = None  # what would make it win

    @property
    def met(self) -> int:
        return sum(each.holds for each in walk_tests(self.check))

    @property
    def of(self) -> int:
        return sum(1 for _ in walk_tests(self.check))


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of the message and what it says, if anything: `intent`, `avoid` or `entity`."""

    text: str
    kind: str = ""
    says: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trial:
    """Everything that trying one message against one version shows."""

    version: Version
    rulebook: Rulebook
    why: Explanation

    @property
    def decision(self) -> Decision:
        return self.why.decision

    @property
    def matches(self) -> tuple[Match, ...]:
        return self.why.matches

    @property
    def uncalled(self) -> list[str]:
        """Webhooks that would be asked; from here nothing is."""
        return [
            step.call
            for step in self.why.steps
            if step.call and step.answer.get(f"call.{step.call}.error") == "not_called"
        ]


def try_message(version: Version, situation: Situation) -> Trial | None:
    """None where the version has problems and cannot decide."""
    if (evaluator := version.evaluator) is None:
        return None
    why = explain(evaluator.rulebook, situation, evaluator)
    return Trial(version=version, rulebook=evaluator.rulebook, why=why)


def try_briefly(version: Version, situation: Situation) -> Trial | None:
    """Without the reasons: what is said, for comparing."""
    if (evaluator := version.evaluator) is None:
        return None
    why = Explanation(decision=settle(evaluator, situation))
    return Trial(version=version, rulebook=evaluator.rulebook, why=why)


def build_cards(trial: Trial) -> list[Card]:
    """The winner, those that held and lost, those that nearly won, the others."""
    misses = {miss.rule: miss for miss in trial.why.near_misses}
    cards = [
        _build_near(trial, misses.pop(each.rule))
        if each.rule in misses
        else Card(trial.rulebook.rules[each.rule], each.outcome, each.checks, each.text)
        for each in trial.why.candidates
    ]
    cards += [_build_near(trial, miss) for miss in misses.values()]
    cards.sort(key=lambda card: (_ORDER.index(card.standing), card.addition is None))
    return cards[:MAX_SHOWN]


def _build_near(trial: Trial, miss: NearMiss) -> Card:
    rule = trial.rulebook.rules[miss.rule]
    check = build_check(build_whole(rule), trial.why.facts)
    addition = Addition("words", miss.say) if miss.say else _find_fact(trial, rule, miss)
    what = "would win" if miss.would_win else "would hold too"
    return Card(rule, "near", check, f"{what} with: {miss.missing}", addition)


def _find_fact(trial: Trial, rule: Rule, miss: NearMiss) -> Addition | None:
    if not miss.would_win:
        return None
    leaf = next(find_turning_leaves(build_whole(rule), trial.why.facts), None)
    return find_addition(leaf) if leaf else None


def walk_tests(check: Check) -> Iterator[Check]:
    """The leaves of a condition with their ticks."""
    if check.kind == "test":
        yield check
    for part in check.parts:
        yield from walk_tests(part)


def build_stretches(text: str, matches: Sequence[Match]) -> list[Stretch]:
    """The message cut wherever a match begins or ends; what vetoes shows before what speaks for."""
    ends = (place for match in matches for place in (match.start, match.end))
    cuts = sorted({0, len(text), *(min(place, len(text)) for place in ends)})
    return [_build_stretch(text, start, end, matches) for start, end in pairwise(cuts)]


_WORDS: Mapping[str, str] = {"intent": "wants", "avoid": "speaks against", "entity": "names"}


def _build_stretch(text: str, start: int, end: int, matches: Sequence[Match]) -> Stretch:
    here = [match for match in matches if match.start <= start < match.end]
    kinds = {match.kind for match in here}
    kind = next((each for each in ("avoid", "entity", "intent") if each in kinds), "")
    says = tuple(dict.fromkeys(f"{_WORDS[match.kind]} {match.name}" for match in here))
    return Stretch(text=text[start:end], kind=kind, says=says)
