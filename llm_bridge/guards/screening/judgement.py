"""Whether a question is an order to the model, and what told so."""

from __future__ import annotations

from llm_bridge.guards.screening.likeness import measure_likeness
from llm_bridge.guards.screening.patterns import CERTAIN, find_hits
from llm_bridge.guards.screening.plain import build_readings

MAX_LENGTH = 2_000
LIKENESS = "likeness"
# Set on the training split (benchmarks/guards): see docs/guards.md for what they catch.
BAR, BAR_WITH_HINT = -0.3, -2.0


def judge(text: str) -> str:
    """The code of what makes it an order to the model; empty for a question.

    Codes: override, reveal, persona, jailbreak, smuggle, restart, dictate, likeness.
    """
    found = (_judge_plain(reading) for reading in build_readings(text[:MAX_LENGTH]))
    return next(filter(None, found), "")


def _judge_plain(plain: str) -> str:
    weights: dict[str, float] = {}
    for hit in find_hits(plain):
        weights[hit.kind] = max(hit.weight, weights.get(hit.kind, 0.0))
    if sum(weights.values()) >= CERTAIN:
        return max(weights, key=lambda kind: weights[kind])
    bar = BAR_WITH_HINT if weights else BAR
    if measure_likeness(plain) >= bar:
        return next(iter(weights), LIKENESS)
    return ""
