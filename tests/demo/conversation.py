"""A conversation with a rulebook, without a database: slots and open questions are carried on."""

from __future__ import annotations

from dataclasses import replace

from rules.decision import Decision, Situation, settle
from rules.evaluator import Evaluator


def talk(evaluator: Evaluator, *messages: str, hours: str = "open") -> list[Decision]:
    """What a visitor hears who writes these messages one after another."""
    decisions: list[Decision] = []
    situation = Situation(text="")
    for turn, text in enumerate(messages, start=1):
        facts = {**situation.facts, "hours": hours, "turn": turn}
        decision = settle(evaluator, replace(situation, text=text, facts=facts))
        slots = {f"slot.{name}": value for name, value in decision.slots.items()}
        situation = Situation(text="", facts=slots, asked=decision.asked)
        decisions.append(decision)
    return decisions
