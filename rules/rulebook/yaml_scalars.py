"""What a plain word of YAML means: the 1.2 core schema, and which words older readers take
for something else."""

import re

_INTEGER = re.compile(r"[-+]?[0-9]+\Z")
_OCTAL = re.compile(r"0o([0-7]+)\Z")
_HEXADECIMAL = re.compile(r"0x([0-9a-fA-F]+)\Z")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
_INFINITE = re.compile(r"([-+]?)\.(?:inf|Inf|INF)\Z")
_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}

PlainValue = str | int | float | bool | None


def parse_plain(text: str) -> PlainValue:
    """The value of an unquoted scalar; raises ValueError for an integer of absurd length."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "+-.0123456789":
        return text
    return _parse_number(text)


def _parse_number(text: str) -> PlainValue:
    if _INTEGER.match(text):
        return int(text)
    if found := _OCTAL.match(text):
        return int(found[1], 8)
    if found := _HEXADECIMAL.match(text):
        return int(found[1], 16)
    if found := _INFINITE.match(text):
        return float(f"{found[1]}inf")
    return float(text) if _FLOAT.match(text) else text
