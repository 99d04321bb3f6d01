"""The rulebook as a YAML 1.2 file: read strictly, every complaint with its line."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from rules.rulebook.nodes import Path, Problem, RulebookError
from rules.rulebook.parsing import parse_rulebook
from rules.rulebook.parts import Rulebook
from rules.rulebook.yaml_scalars import PlainValue, parse_plain
from rules.rulebook.yaml_writer import write_rulebook

__all__ = ["MAX_FILE", "parse_yaml", "read_rulebook", "write_rulebook"]

MAX_FILE = 5 * 1024 * 1024  # bytes
MAX_DEPTH = 60

# The C parser reads a large file in a tenth of the time; both give the same events.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_rulebook(content: bytes) -> tuple[dict[str, Any], Rulebook]:
    """A file's plain data and the rulebook it says. Raises `RulebookError` with lines."""
    data, lines = parse_yaml(content)
    if data is None:
        raise _error(None, "the file is empty: a rulebook begins with `rulebook: 1`")
    rulebook = parse_rulebook(data, lines)
    return data, rulebook


def parse_yaml(content: bytes) -> tuple[Any, dict[Path, int]]:
    """Plain data and the line on which each path begins. Raises `RulebookError`."""
    if len(content) > MAX_FILE:
        raise _error(None, f"the file is larger than {MAX_FILE // 1024**2} MB")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _error(line, "the file is not UTF-8: save it with that encoding") from error
    reader = _Reader(events=_iterate_events(text))
    return reader.read_document(), reader.lines


def _error(line: int | None, message: str) -> RulebookError:
    return RulebookError([Problem(path="", line=line, message=message)])


def _get_line(event: yaml.Event) -> int:
    """Counted from 1; an event that parsing gives always has its mark."""
    return event.start_mark.line + 1 if event.start_mark else 1


def _iterate_events(text: str) -> Iterator[yaml.Event]:
    try:
        yield from yaml.parse(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = ", ".join(part for part in (error.context, error.problem) if part)
        raise _error(mark.line + 1 if mark else None, f"not YAML: {reason}") from error
    except yaml.reader.ReaderError as error:
        line = text.encode().count(b"\n", 0, error.position) + 1
        raise _error(line, f"not YAML: {error.reason}") from error


@dataclass(slots=True)
class _Reader:
    """Builds plain data from events; tags, anchors and doubled keys end the reading."""

    events: Iterator[yaml.Event]
    lines: dict[Path, int] = field(default_factory=dict)

    def read_document(self) -> Any:
        next(self.events)  # the stream's start
        event = next(self.events)
        if isinstance(event, yaml.StreamEndEvent):
            return None
        data = self._read(next(self.events), path=())
        next(self.events)  # the document's end
        if not isinstance(event := next(self.events), yaml.StreamEndEvent):
            raise self._refuse(event, "the file holds more than one document")
        return data

    def _refuse(self, event: yaml.Event, message: str) -> RulebookError:
        return _error(_get_line(event), message)

    def _read(self, event: yaml.Event, *, path: Path) -> Any:
        self._check(event, path)
        self.lines.setdefault(path, _get_line(event))
        if isinstance(event, yaml.ScalarEvent):
            return self._read_scalar(event)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._read_sequence(path)
        return self._read_mapping(path)

    def _check(self, event: yaml.Event, path: Path) -> None:
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise self._refuse(event, "anchors (`&`) and aliases (`*`) are not allowed")
        if getattr(event, "tag", None):
            raise self._refuse(event, "tags (`!`) are not allowed")
        if len(path) > MAX_DEPTH:
            raise self._refuse(event, f"nested more than {MAX_DEPTH} deep")

    def _read_scalar(self, event: yaml.ScalarEvent) -> PlainValue:
        if not event.implicit[0]:
            return str(event.value)
        try:
            return parse_plain(event.value)
        except ValueError as error:
            raise self._refuse(event, "this number is too long") from error

    def _read_sequence(self, path: Path) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self._read(event, path=(*path, len(items))))
        return items

    def _read_mapping(self, path: Path) -> dict[Any, Any]:
        items: dict[Any, Any] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self._read_key(event, path)
            if key in items:
                raise self._refuse(event, f"the key `{str(key)[:60]}` is there twice")
            self.lines[(*path, key)] = _get_line(event)
            items[key] = self._read(next(self.events), path=(*path, key))
        return items

    def _read_key(self, event: yaml.Event, path: Path) -> PlainValue:
        self._check(event, path)
        if not isinstance(event, yaml.ScalarEvent):
            raise self._refuse(event, "a key must be a single word or text")
        return self._read_scalar(event)
