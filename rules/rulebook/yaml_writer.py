"""Plain data as YAML that people like to read and that every YAML reader reads alike.

PyYAML's own emitter needs half a minute for ten thousand rules; this one a twentieth of that.
"""

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

_INLINE = 72  # characters that a short list or mapping may take on one line
_LONGEST_KEY = 1_000  # characters; readers take a longer one only behind a `?`

# Texts that need no quotes, within brackets and outside; everything else gets some.
_PLAIN_INLINE = re.compile(r"[^\W\d_](?:[\w()/+.;!'%&$-]| (?! |\Z))*")
_PLAIN = re.compile(r"[^\W\d_](?:[\w()/+.,;!?'%&$\[\]{}|*-]|:(?=[^\s:])| (?! |\Z))*")
# What YAML 1.1 or 1.2 takes for something else.
_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}


def write_rulebook(data: Mapping[str, Any] | list[Any]) -> str:
    """The file for a rulebook's plain data, or for a part of it: reading it gives equal data, in
    the same order."""
    lines = _write_block(data, "") if data else iter([_write_inline(data)])
    return "\n".join(lines) + "\n"


def _write_mapping(items: Mapping[Any, Any], pad: str) -> Iterator[str]:
    for key, value in items.items():
        name = _write_inline(key)
        if len(name) > _LONGEST_KEY:
            yield f"{pad}? {name}"
            yield from _write_value(f"{pad}:", value, pad)
        else:
            yield from _write_value(f"{pad}{name}:", value, pad)


def _write_list(items: list[Any] | tuple[Any, ...], pad: str) -> Iterator[str]:
    for item in items:
        if isinstance(item, Mapping | list | tuple) and not _is_inline(item):
            lines = _write_block(item, f"{pad}  ")
            yield f"{pad}- {next(lines)[len(pad) + 2 :]}"
            yield from lines
        else:
            yield from _write_value(f"{pad}-", item, pad)


def _write_block(value: Any, pad: str) -> Iterator[str]:
    return _write_mapping(value, pad) if isinstance(value, Mapping) else _write_list(value, pad)


def _write_value(opening: str, value: Any, pad: str) -> Iterator[str]:
    if isinstance(value, Mapping | list | tuple) and not _is_inline(value):
        yield opening
        yield from _write_block(value, f"{pad}  ")
    elif isinstance(value, str) and _is_block(value):
        lines = value.split("\n")
        yield f"{opening} {'|' if value.endswith(chr(10)) else '|-'}"
        yield from (
            f"{pad}  {line}" if line else "" for line in lines[: len(lines) - (not lines[-1])]
        )
    else:
        yield f"{opening} {_write_inline(value, _PLAIN)}"


def _write_inline(value: Any, plain: re.Pattern[str] = _PLAIN_INLINE) -> str:
    if isinstance(value, Mapping):
        pairs = (f"{_write_inline(key)}: {_write_inline(part)}" for key, part in value.items())
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_write_inline, value))}]"
    if isinstance(value, str):
        return _write_text(value, plain)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return _write_float(value) if isinstance(value, float) else str(value)


def _write_text(text: str, plain: re.Pattern[str]) -> str:
    if plain.fullmatch(text) and text.casefold() not in _WORDS and text.isprintable():
        return text
    if text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    return f'"{"".join(map(_escape, text))}"'


def _escape(character: str) -> str:
    if (escape := _ESCAPES.get(character)) is not None:
        return escape
    if character.isprintable():
        return character
    code = ord(character)
    return (
        f"\\x{code:02x}"
        if code < 0x100
        else f"\\u{code:04x}"
        if code < 0x10000
        else f"\\U{code:08x}"
    )


def _write_float(value: float) -> str:
    """With a full stop, which YAML 1.1 wants before an exponent."""
    if math.isnan(value):
        return ".nan"
    if math.isinf(value):
        return ".inf" if value > 0 else "-.inf"
    text = repr(value)
    return text if "." in text else text.replace("e", ".0e")


def _is_block(text: str) -> bool:
    """Several lines that can stand as they are."""
    if "\n" not in text or text.endswith("\n\n") or text.startswith("\n"):
        return False
    return all(line.isprintable() and line == line.strip() for line in text.split("\n"))


def _is_inline(value: Any) -> bool:
    """Short, and without anything nested but short lists of scalars."""
    parts = (
        [part for item in value.items() for part in item] if isinstance(value, Mapping) else value
    )
    return _measure(parts, depth=2) <= _INLINE


def _measure(value: Any, *, depth: int) -> float:
    if isinstance(value, str):
        return len(value) + 2 if "\n" not in value else math.inf
    if isinstance(value, Mapping):
        value = [part for item in value.items() for part in item]
    if isinstance(value, list | tuple):
        return _measure_parts(value, depth=depth) if depth else math.inf
    return len(str(value))


def _measure_parts(parts: list[Any] | tuple[Any, ...], *, depth: int) -> float:
    total = 2.0
    for part in parts:
        total += _measure(part, depth=depth - 1) + 2
        if total > _INLINE:
            return math.inf
    return total
