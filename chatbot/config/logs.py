"""One line a record: the fixed message, then the fields given with `extra`."""

from __future__ import annotations

import logging

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {
    "message",
    "asctime",
    "taskName",
    "color_message",
}


class FieldsFormatter(logging.Formatter):
    """`2026-01-31 12:00:00 WARNING name: message key=value`."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        line = super().formatMessage(record)
        fields = {key: value for key, value in vars(record).items() if key not in _STANDARD}
        # Django attaches whole requests: an object's repr may hold what a log must not.
        shown = (
            f"{key}={value}"
            for key, value in sorted(fields.items())
            if isinstance(value, str | int | float | bool)
        )
        return " ".join([line, *shown])
