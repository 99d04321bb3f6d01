"""Whether a question is an order to the model, and what told so."""

from __future__ import annotations

from llm_bridge.guards.screening.likeness import Weights, measure_likeness
from llm_bridge.guards.screening.patterns import CERTAIN, find_hits
from llm_bridge.guards.screening.plain import build_readings

MAX_LENGTH = 2_000
LIKENESS = "likeness"
# Set on the training split (benchmarks/guards): see docs/guards.md for what they catch.
BAR, BAR_WITH_HINT = -0.5, -2.2


def find_order(text: str, *, weights: Weights | None = None) -> str:
    """The code of what makes it an order to the model; empty for a question.

    Codes: override, reveal, persona, jailbreak, smuggle, restart, dictate, likeness.
    """
    found = (_judge_plain(reading, weights) for reading in build_readings(text[:MAX_LENGTH]))
    return next(filter(None, found), "")


def _judge_plain(plain: str, weights: Weights | None) -> str:
    hits: dict[str, float] = {}
    for hit in find_hits(plain):
        hits[hit.kind] = max(hit.weight, hits.get(hit.kind, 0.0))
    if sum(hits.values()) >= CERTAIN:
        return max(hits, key=lambda kind: hits[kind])
    bar = BAR_WITH_HINT if hits else BAR
    return next(iter(hits), LIKENESS) if measure_likeness(plain, weights) >= bar else ""
