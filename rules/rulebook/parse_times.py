"""Reading when a rule is valid."""

from datetime import UTC, date, datetime, time, timedelta

from rules.rulebook.nodes import Node
from rules.rulebook.parts import Moment, Validity


def parse_validity(node: Node) -> Validity | None:
    """`{from, until}`, at least one of them; `until` a day means to the end of that day."""
    fields = node.read_fields(optional=("from", "until"))
    start = _parse_moment(fields["from"], is_end=False) if "from" in fields else None
    until = _parse_moment(fields["until"], is_end=True) if "until" in fields else None
    if not fields:
        node.fail("expected `from`, `until` or both")
    elif start and until and start.is_local == until.is_local and start.seconds >= until.seconds:
        node.fail("ends before it begins")
    return Validity(start=start, until=until)


def _parse_moment(node: Node, *, is_end: bool) -> Moment | None:
    text = node.read_text(most=40)
    if text is None:
        return None
    if (moment := _read_moment(text.strip(), is_end=is_end)) is None:
        node.fail(
            "expected a day or a time like `2026-12-24`, `2026-12-24T18:00` (by the site's clock)"
            " or `2026-12-24T18:00+01:00`"
        )
    return moment


def _read_moment(text: str, *, is_end: bool) -> Moment | None:
    try:
        if len(text) == len("2026-12-24"):
            day = date.fromisoformat(text) + timedelta(days=is_end)
            moment = datetime.combine(day, time())
        else:
            moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        return None
    return build_moment(moment)


def build_moment(moment: datetime) -> Moment:
    """Without an offset it is read off the clock on the site's wall."""
    is_local = moment.tzinfo is None
    absolute = moment.replace(tzinfo=UTC) if is_local else moment
    return Moment(seconds=absolute.timestamp(), is_local=is_local)
