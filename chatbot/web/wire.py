"""JSON as clients send it: strict, but for halves of characters, which browsers do send."""

from __future__ import annotations

import json
import re
from typing import Any

import orjson

_HALF = re.compile("[\ud800-\udfff]")


def parse_json(text: str | bytes) -> Any:
    """The value; half an emoji (a lone surrogate) becomes U+FFFD. Raises ValueError."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return orjson.loads(_mend(text))


def _mend(text: str | bytes) -> str:
    try:
        return _HALF.sub("\ufffd", json.dumps(json.loads(text), ensure_ascii=False))
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
