"""What a rulebook makes of single wishes and of joined ones, counted."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.two_intents.messages import Pair, Wish
from rules.decision import Situation, settle
from rules.evaluator import Evaluator, build_evaluator
from rules.rulebook.parts import walk_leaves
from rules.rulebook.yaml_file import read_rulebook

RULEBOOK = Path(__file__).with_name("support.yaml")
TOUCHED = "complex:two_intents"


@dataclass(frozen=True, slots=True)
class Singles:
    """Shares of all single wishes, except `precision`: the right ones among those answered."""

    count: int
    touched: float
    coverage: float
    precision: float


@dataclass(frozen=True, slots=True)
class Pairs:
    """Shares of all pairs; what is left over was answered as neither of the two."""

    count: int
    two_intents: float
    no_match: float
    both_answered: float
    one_answered: float

    @property
    def noticed(self) -> float:
        """Escalated as a whole, whatever for, or both answered."""
        return self.two_intents + self.no_match + self.both_answered


def build_support_evaluator(engine: str = "durable") -> Evaluator:
    """The measured rulebook, ready to decide."""
    _, rulebook = read_rulebook(RULEBOOK.read_bytes())
    return build_evaluator(rulebook, engine)


def measure_singles(evaluator: Evaluator, wishes: Iterable[Wish]) -> Singles:
    """In the measured rulebook each rule is named for the one intent it answers."""
    counts = Counter(_judge_single(evaluator, wish) for wish in wishes)
    answered = counts["right"] + counts["wrong"]
    return Singles(
        count=counts.total(),
        touched=counts[TOUCHED] / counts.total(),
        coverage=answered / counts.total(),
        precision=counts["right"] / answered if answered else 0.0,
    )


def _judge_single(evaluator: Evaluator, wish: Wish) -> str:
    decision = settle(evaluator, Situation(wish.text))
    if decision.route == "escalate":
        return decision.reason.value
    return "right" if decision.rule == wish.intent else "wrong"


def measure_pairs(evaluator: Evaluator, pairs: Iterable[Pair]) -> Pairs:
    counts = Counter(_judge_pair(evaluator, pair) for pair in pairs)
    total = counts.total()
    return Pairs(
        count=total,
        two_intents=counts[TOUCHED] / total,
        no_match=counts["no_match"] / total,
        both_answered=counts["both"] / total,
        one_answered=counts["one"] / total,
    )


def _judge_pair(evaluator: Evaluator, pair: Pair) -> str:
    decision = settle(evaluator, Situation(pair.text))
    if decision.route == "escalate" or decision.rule is None:
        return decision.reason.value
    leaves = walk_leaves(evaluator.rulebook.rules[decision.rule].when)
    named = {leaf.operand for leaf in leaves if leaf.fact == "intents"}
    return {2: "both", 1: "one"}.get(len(named & pair.intents), "neither")
