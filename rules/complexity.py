"""Complexity: what a rulebook leaves to the model although one of its rules won."""

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations

from rules.reading import Reading
from rules.rulebook.parts import Criterion, Rule, Rulebook, find_intents


def find_criterion(winner: Rule, reading: Reading, rulebook: Rulebook) -> Criterion | None:
    """The first criterion, in the rulebook's own order, that the turn meets.

    A rule that hands over to a person is never too simple for what was said.
    """
    if winner.hands_over:
        return None
    for criterion in rulebook.complex:
        meets = _TESTS.get(criterion)
        if meets is not None and meets(winner, reading, rulebook):
            return criterion
    return None


def _has_two_intents(winner: Rule, reading: Reading, rulebook: Rulebook) -> bool:
    """Two intents that no rule names together. Those of an open question count only where it
    goes on: a change of subject is one wish."""
    intents: Sequence[str] = reading.intents
    if len(intents) < 2:
        return False
    carried = {*intents} - {*reading.said}
    if carried and carried.isdisjoint(find_intents(winner.when)):
        intents = reading.said
    rules = rulebook.rules_by_intent
    return any(rules[one].isdisjoint(rules[other]) for one, other in combinations(intents, 2))


def _is_repeated(winner: Rule, reading: Reading, _: Rulebook) -> bool:
    return reading.facts.get("last_rule") == winner.name


def _is_rejected(_: Rule, reading: Reading, rulebook: Rulebook) -> bool:
    is_thumbed_down = reading.facts.get("last_rejected") is True
    return is_thumbed_down or not rulebook.rejections.isdisjoint(reading.intents)


# `asks_spent` is not among them: there no rule won.
_TESTS: Mapping[Criterion, Callable[[Rule, Reading, Rulebook], bool]] = {
    "two_intents": _has_two_intents,
    "repeated_rule": _is_repeated,
    "rejected_answer": _is_rejected,
}
