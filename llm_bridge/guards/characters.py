"""Which characters an answer may carry: none that steer, hide or turn round what is read."""

from __future__ import annotations

import re
import unicodedata

_BIDI = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")


def strip_control(text: str) -> str:
    """Without control and direction-changing characters; split surrogate pairs joined again."""
    joined = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
    visible = (c for c in joined if c in "\n\t" or unicodedata.category(c) != "Cc")
    return _BIDI.sub("", "".join(visible))
