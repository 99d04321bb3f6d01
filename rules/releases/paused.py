"""Deciding without the rules that are paused, at once: nothing is compiled for it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from rules.engine.wanted import WantedFinder
from rules.evaluator import Evaluator
from rules.language.facts import Fact
from rules.recognition import Recognition
from rules.reference import ReferenceEvaluator
from rules.rulebook.parts import Rule, Rulebook


class PausedEvaluator:
    """An evaluator whose rulebook lacks some rules; only what those win is decided anew."""

    def __init__(self, evaluator: Evaluator, *, paused: Collection[str]) -> None:
        self._evaluator = evaluator
        self.rulebook: Rulebook = build_rulebook(evaluator.rulebook, paused=paused)
        self._rest = ReferenceEvaluator(self.rulebook)
        self._wanted = WantedFinder(self.rulebook)

    @property
    def name(self) -> str:
        return self._evaluator.name

    def recognise(self, text: str) -> Recognition:
        return self._evaluator.recognise(text)

    def find_wanted(self, facts: Mapping[str, Fact]) -> frozenset[str]:
        return self._wanted.find(facts)

    def find_winner(self, facts: Mapping[str, Fact]) -> Rule | None:
        """The first of all rules is also the first of the rest, unless it is paused."""
        winner = self._evaluator.find_winner(facts)
        if winner is None or winner.name in self.rulebook.rules:
            return winner
        return self._rest.find_winner(facts)

    def close(self) -> None:
        """The evaluator beneath belongs to whoever made it."""


def build_rulebook(rulebook: Rulebook, *, paused: Collection[str]) -> Rulebook:
    """The same without these rules."""
    rules = {name: rule for name, rule in rulebook.rules.items() if name not in paused}
    return replace(rulebook, rules=rules)
