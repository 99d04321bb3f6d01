"""The why of a decision: what matched where, what each condition saw, who lost, who nearly won."""

from rules.explanation.candidates import Candidate, Loser, NearMiss
from rules.explanation.checks import Check, build_check, build_whole, find_turning_leaves
from rules.explanation.explaining import Explanation, explain
from rules.explanation.steps import Step

__all__ = [
    "Candidate",
    "Check",
    "Explanation",
    "Loser",
    "NearMiss",
    "Step",
    "build_check",
    "build_whole",
    "explain",
    "find_turning_leaves",
]
