"""Plain data as YAML that people like to read and that every YAML reader reads alike."""

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from rules.rulebook.yaml_scalars import parse_plain

_INLINE = 72  # characters that a short list or mapping may take on one line


def write_rulebook(data: Mapping[str, Any]) -> str:
    """The file for a rulebook's plain data: reading it gives equal data, in the same order."""
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1_000_000)


class _Dumper(yaml.SafeDumper):
    """Lists indented under their key, no anchors for values that happen to be one object."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002 - never without
        super().increase_indent(flow, indentless=False)

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - whatever the data
        return True


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=_choose_style(text))


def _choose_style(text: str) -> str | None:
    """Block for lines; quotes for what YAML 1.2 takes for no text (1.1 is PyYAML's own rule)."""
    if not text.isprintable():
        return "|" if _is_block(text) else '"'
    if not isinstance(parse_plain(text), str):
        return "'"
    return None


def _is_block(text: str) -> bool:
    lines = text.split("\n")
    plain = all(line.isprintable() and line == line.strip() for line in lines)
    return plain and len(lines) > 1 and lines[0] != "" and not text.endswith("\n\n")


def _represent_list(dumper: yaml.SafeDumper, items: Sequence[Any]) -> yaml.SequenceNode:
    return dumper.represent_sequence("tag:yaml.org,2002:seq", items, flow_style=_is_inline(items))


def _represent_mapping(dumper: yaml.SafeDumper, items: Mapping[Any, Any]) -> yaml.MappingNode:
    inline = _is_inline([part for item in items.items() for part in item])
    return dumper.represent_mapping("tag:yaml.org,2002:map", items, flow_style=inline)


def _is_inline(parts: Sequence[Any]) -> bool:
    """Short, and without anything nested but short lists of scalars."""
    return _measure(parts, depth=2) <= _INLINE


def _measure(value: Any, *, depth: int) -> float:
    if isinstance(value, str):
        return len(value) + 2 if "\n" not in value else float("inf")
    if isinstance(value, Mapping):
        value = [part for item in value.items() for part in item]
    if isinstance(value, list | tuple):
        if depth == 0:
            return float("inf")
        return 2 + sum(_measure(part, depth=depth - 1) + 2 for part in value)
    return len(str(value))


_Dumper.add_representer(str, _represent_text)
_Dumper.add_representer(list, _represent_list)
_Dumper.add_representer(tuple, _represent_list)
_Dumper.add_representer(dict, _represent_mapping)
