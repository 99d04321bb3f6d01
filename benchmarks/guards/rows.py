"""What the measurements of the guards give: one row a guard and kind of text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """`caught` of `of` texts were caught (or wrongly blocked, where `what` says so)."""

    guard: str
    what: str
    caught: int
    of: int
    ms_p50: float
    ms_p95: float
