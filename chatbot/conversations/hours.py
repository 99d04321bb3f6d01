"""A site's business hours: a week of opening times in the site's own time zone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Week = Mapping[str, Sequence[Sequence[str]]]


def find_hours(*, week: Week, timezone: str, now: datetime) -> Literal["open", "closed"]:
    """The fact `hours` at `now` (aware); a site without a week is always open."""
    if not week:
        return "open"
    local = now.astimezone(ZoneInfo(timezone))
    clock = local.strftime("%H:%M")
    spans = week.get(DAYS[local.weekday()], ())
    return "open" if any(start <= clock < end for start, end in spans) else "closed"
