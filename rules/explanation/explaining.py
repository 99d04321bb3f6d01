"""Deciding once more, slowly, and saying why."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from rules.decision import NOT_CALLED, Decision, Situation, decide, find_passes
from rules.evidence import Match, find_matches
from rules.explanation.candidates import (
    Candidate,
    Loser,
    NearMiss,
    Scene,
    build_losers,
    find_candidates,
    find_near_misses,
)
from rules.explanation.checks import Check, build_check, build_whole
from rules.explanation.steps import Step, build_notes, build_steps, find_aside
from rules.language.builtins import Found, find_builtin
from rules.language.facts import Fact
from rules.language.text import MAX_MESSAGE
from rules.reading import find_language, parse_now
from rules.reference import ReferenceEvaluator, rule_holds
from rules.rulebook.parts import Rule, Rulebook


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything behind one decision, in an order that never varies.

    Facts, conditions and other rules are those of the last time the rules ran.
    """

    decision: Decision
    matches: tuple[Match, ...] = ()
    facts: Mapping[str, Fact] = field(default_factory=dict)
    checks: Check | None = None  # of the rule that decided
    losers: tuple[Loser, ...] = ()
    near_misses: tuple[NearMiss, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    steps: tuple[Step, ...] = ()  # every time the rules ran
    set_aside: str | None = None  # the rule that won, though the turn is left to others
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain JSON data."""
        plain: dict[str, Any] = _to_plain(asdict(self))
        return plain


def _to_plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _to_plain(part) for key, part in value.items()}
    return [_to_plain(part) for part in value] if isinstance(value, list | tuple) else value


def explain(
    rulebook: Rulebook, situation: Situation, evaluator: ReferenceEvaluator | None = None
) -> Explanation:
    """Decide by the reference evaluator and say why. Slow: for people, not traffic.

    Nothing is called: a webhook without an answer in the situation was not called. Whoever asks
    often brings the rulebook's `evaluator` along.
    """
    evaluator = evaluator or ReferenceEvaluator(rulebook)
    decision, situation = _settle(evaluator, situation)
    passes = find_passes(evaluator, situation)
    if len(situation.text) > MAX_MESSAGE or not passes:
        return Explanation(decision=decision)
    facts, winner = passes[-1].facts, passes[-1].winner
    set_aside = winner if decision.reason.sets_aside else None
    scene = _build_scene(rulebook, situation.text, facts)
    decided = rulebook.rules.get(decision.rule) if decision.rule is not None else set_aside
    aside = set_aside.name if set_aside else None
    return Explanation(
        decision=decision,
        matches=find_matches(rulebook, situation.text, _find_lazies(rulebook, decision, situation)),
        facts=dict(sorted(facts.items())),
        checks=build_check(build_whole(decided), facts) if decided else None,
        losers=build_losers(scene.holding),
        near_misses=find_near_misses(scene, _Trial(evaluator, situation).wins),
        candidates=find_candidates(scene, aside=find_aside(decision)),
        steps=build_steps(passes),
        set_aside=aside,
        notes=tuple(build_notes(decision, situation, rulebook, aside)),
    )


def _build_scene(rulebook: Rulebook, text: str, facts: Mapping[str, Fact]) -> Scene:
    holding: list[Rule] = []
    failing: list[Rule] = []
    for rule in rulebook.sort_rules():
        (holding if rule_holds(rule, facts) else failing).append(rule)
    return Scene(rulebook=rulebook, text=text, facts=facts, holding=holding, failing=failing)


def _settle(evaluator: ReferenceEvaluator, situation: Situation) -> tuple[Decision, Situation]:
    """The last word, and the situation in which it is that."""
    decision = decide(evaluator, situation)
    while decision.call is not None:
        answers = {**situation.answers, decision.call: NOT_CALLED}
        situation = replace(situation, answers=answers)
        decision = decide(evaluator, situation)
    return decision, situation


@dataclass(frozen=True, slots=True)
class _Trial:
    """Whether a rule really wins once some words are added to the message."""

    evaluator: ReferenceEvaluator
    situation: Situation

    def wins(self, words: str, rule: Rule) -> bool:
        text = f"{self.situation.text} {words}"
        if len(text) > MAX_MESSAGE:
            return False
        passes = find_passes(self.evaluator, replace(self.situation, text=text))
        return any(each.winner is not None and each.winner.name == rule.name for each in passes)


def _find_lazies(
    rulebook: Rulebook, decision: Decision, situation: Situation
) -> dict[str, tuple[Found, ...]]:
    """Where the built-in entities stand that somebody wanted."""
    now = parse_now(situation.facts.get("now"))
    return {
        entity.name: find_builtin(
            entity.builtin,
            situation.text,
            language=find_language(situation.facts),
            today=now.date() if now else None,
        )
        for entity in rulebook.lazies
        if entity.builtin is not None and entity.name in decision.entities
    }
