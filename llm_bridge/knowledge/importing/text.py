"""Makes text of a file's bytes, in whatever encoding they are."""

from __future__ import annotations

import codecs

from llm_bridge.knowledge.importing.pages import Refused

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
GUESSED = "It is not UTF-8 and was read as Windows-1252. Look whether accents came out right."


def parse_text(data: bytes) -> tuple[str, bool]:
    """The text, and whether its encoding is a guess; raises Refused."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _decode(data, encoding), False
    try:
        return data.decode("utf-8"), False
    except UnicodeDecodeError:
        if b"\x00" in data:
            raise Refused("It is no text, or in an unknown encoding. Save it as UTF-8.") from None
        return _decode(data, "cp1252"), True


def _decode(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise Refused("Its encoding is unknown. Save it as UTF-8.") from error
