"""The same pipeline without durable-rules: what the engine costs beside plain Python."""

from collections.abc import Mapping

from rules.engine.program import build_program
from rules.evaluator import DurableEvaluator
from rules.language.facts import Fact
from rules.recognition import Recognition
from rules.rulebook.parts import Rule


class PlainEvaluator:
    """Recognises and finds candidates as ours does, and tests them itself."""

    name = "plain"

    def __init__(self, ours: DurableEvaluator) -> None:
        self.rulebook = ours.rulebook
        self._ours = ours
        self._program = build_program(ours.rulebook)

    def recognise(self, text: str) -> Recognition:
        return self._ours.recognise(text)

    def find_wanted(self, facts: Mapping[str, Fact]) -> frozenset[str]:
        return self._ours.find_wanted(facts)

    def find_winner(self, facts: Mapping[str, Fact]) -> Rule | None:
        candidates = self._program.candidates
        for number in self._program.index.find(facts):
            if candidates[number].holds(facts):
                return candidates[number].rule
        return None

    def close(self) -> None:
        """Nothing is held."""
