"""Conversations of two messages and more, as the reference evaluator would lead them."""

from collections.abc import Mapping

from rules.decision import Situation
from rules.findings.cases import Case
from rules.findings.inquiry import Inquiry, Proven, Trial
from rules.language.facts import Scalar

MOST_STEPS = 500  # alternatives tried for a first message


def prove_winning(inquiry: Inquiry, case: Case) -> Proven | None:
    """A first message that this rule answers."""
    worlds = inquiry.find_worlds([case.alternatives], steps=MOST_STEPS)
    return inquiry.prove(worlds, lambda trial: trial.is_won_by(case.rule), joined=False)


def carry_on(trial: Trial) -> dict[str, Scalar]:
    """The facts that the next message begins with."""
    slots = {f"slot.{name}": value for name, value in trial.decision.slots.items()}
    facts = {**trial.situation.facts, **slots}
    if isinstance(turn := facts.get("turn"), int):
        facts["turn"] = turn + 1
    return facts


def say_next(
    inquiry: Inquiry, before: Trial, text: str, facts: Mapping[str, Scalar] | None = None
) -> Trial:
    given = carry_on(before) if facts is None else facts
    situation = Situation(text=text, facts=given, asked=before.decision.asked)
    return Trial(inquiry.reference, situation)
