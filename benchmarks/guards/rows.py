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

    def write(self) -> str:
        """A line of the table that `measuring.Row` writes, too."""
        share = f"{self.caught / self.of:.2%} ({self.caught} of {self.of})" if self.of else "–"
        kind, _, what = self.what.rpartition(": ")
        shares = (share, "–") if kind == "caught" or not kind else ("–", share)
        cells = (self.guard, what, *shares, f"{self.ms_p50:.2f} / {self.ms_p95:.2f}")
        return f"| {' | '.join(cells)} |"
