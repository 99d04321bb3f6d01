"""Business hours as people write them, a line for each day or run of days, and back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from chatbot.conversations.hours import DAYS, Week

_LINE = re.compile(r"([a-z]+)(?:\s*-\s*([a-z]+))?\s*:?\s+(.+)")
_SPAN = re.compile(r"(\d{1,2}):(\d\d)\s*-\s*(\d{1,2}):(\d\d)")


class BadWeek(ValueError):
    """A line that makes no sense; the text says which and what to write instead."""


def parse_week(text: str) -> dict[str, list[list[str]]]:
    """`mon-fri 09:00-12:00, 13:00-17:00` a line; no line at all means always open."""
    week: dict[str, list[list[str]]] = {}
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip().lower().replace("–", "-")
        if not line:
            continue
        try:
            days, spans = _parse_line(line)
            if twice := [day for day in days if day in week]:
                raise BadWeek(f"{twice[0]} already has a line")
        except BadWeek as problem:
            raise BadWeek(f"Line {number}: {problem}.") from problem
        week |= {day: spans for day in days if spans}
    return {day: week[day] for day in DAYS if day in week}


def build_week_text(week: Week) -> str:
    """The same lines again, neighbouring days with equal hours in one."""
    lines: list[str] = []
    days = [day for day in DAYS if week.get(day)]
    while days:
        first = days[0]
        run = _build_run(week, first)
        name = first if len(run) == 1 else f"{first}-{run[-1]}"
        lines.append(f"{name} {', '.join('-'.join(span) for span in week[first])}")
        days = days[len(run) :]
    return "\n".join(lines)


def _build_run(week: Week, first: str) -> list[str]:
    run = [first]
    for day in DAYS[DAYS.index(first) + 1 :]:
        if list(week.get(day, ())) != list(week[first]):
            break
        run.append(day)
    return run


def _parse_line(line: str) -> tuple[Sequence[str], list[list[str]]]:
    match = _LINE.fullmatch(line)
    if match is None:
        raise BadWeek("write days and times, such as mon-fri 09:00-17:00")
    first = _parse_day(match[1])
    last = _parse_day(match[2]) if match[2] else first
    if last < first:
        raise BadWeek(f"{DAYS[first]}-{DAYS[last]} runs backwards; write two lines")
    spans = sorted(_parse_span(part.strip()) for part in match[3].split(","))
    for before, after in pairwise(spans):
        if after[0] < before[1]:
            raise BadWeek(f"{'-'.join(before)} and {'-'.join(after)} overlap")
    return DAYS[first : last + 1], spans


def _parse_day(name: str) -> int:
    if name[:3] not in DAYS:
        raise BadWeek(f"{name} is no day; write {', '.join(DAYS)}")
    return DAYS.index(name[:3])


def _parse_span(part: str) -> list[str]:
    match = _SPAN.fullmatch(part)
    if match is None:
        raise BadWeek(f"{part!r} is no span of time; write 09:00-17:00")
    start, end = (
        f"{int(hour):02}:{minute}" for hour, minute in (match.group(1, 2), match.group(3, 4))
    )
    for clock in (start, end):
        if int(clock[3:]) > 59 or clock > "24:00":
            raise BadWeek(f"{clock} is no time of day")
    if end <= start:
        raise BadWeek(
            f"{start}-{end} ends before it starts; hours past midnight go to the next day"
        )
    return [start, end]
