"""Form fields for pieces of the rulebook that people write as lines of text or as YAML."""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from typing import Any

from django import forms

from rules.console.widgets import EditorArea
from rules.rulebook.nodes import Path, RulebookError
from rules.rulebook.yaml_file import parse_yaml, write_rulebook

MAX_CHARACTERS = 200_000
_QUOTED = re.compile(r"`([^`]*)`")


class TextAreaField(forms.CharField, ABC):
    """A value with a written form; `lines` says on which line each part of it was written.

    `editor` names the module of the page that makes something friendlier of the text.
    """

    def __init__(
        self, *, rows: int = 5, code: bool = True, editor: str = "", **kwargs: Any
    ) -> None:
        widget = EditorArea(rows=rows, code=code, editor=editor)
        super().__init__(widget=widget, max_length=MAX_CHARACTERS, **kwargs)
        self.lines: dict[Path, int] = {}

    @abstractmethod
    def write(self, value: Any) -> str:
        """The written form of a stored value."""

    @abstractmethod
    def read(self, text: str) -> Any:
        """The reverse; raises ValidationError."""

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) else self.write(value)

    def to_python(self, value: Any) -> Any:
        return self.read((value or "").replace("\r\n", "\n"))

    def clean(self, value: Any) -> Any:
        if len(value or "") > MAX_CHARACTERS:
            raise forms.ValidationError(f"At most {MAX_CHARACTERS:,} characters are allowed.")
        if "\x00" in (value or ""):
            raise forms.ValidationError("There is a null character, which cannot be stored.")
        return super().clean(value)

    def run_validators(self, value: Any) -> None:
        """The text was measured by `clean`; what it says is checked where it is used."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(initial != self.to_python(data))
        except forms.ValidationError:
            return True


class LinesField(TextAreaField):
    """A list of strings, one a line; blank lines do not count."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required": False, "editor": "lines", **kwargs})

    def write(self, value: Any) -> str:
        return "\n".join(map(str, value or ()))

    def read(self, text: str) -> Any:
        written = [(at, line.strip()) for at, line in enumerate(text.split("\n"), start=1)]
        kept = [(at, line) for at, line in written if line]
        self.lines = {(index,): at for index, (at, _) in enumerate(kept)}
        return [line for _, line in kept]


class ValuesField(LinesField):
    """A mapping from a value to its synonyms: `kettle: water boiler, boiler`, one a line.

    Words that hold a colon or a comma are kept as a JSON list of pairs instead.
    """

    def write(self, value: Any) -> str:
        values = value or {}
        if all(map(_is_line, values.items())):
            return "\n".join(_build_line(name, synonyms or []) for name, synonyms in values.items())
        return json.dumps([[name, synonyms or []] for name, synonyms in values.items()])

    def read(self, text: str) -> Any:
        pairs = _read_pairs(text)
        if pairs is None:
            pairs = [_split_line(line) for line in super().read(text)]
        values: dict[str, list[str]] = {}
        for name, synonyms in pairs:
            if not name or name in values:
                problem = f"“{name}” stands here twice" if name else "a value without a name"
                raise forms.ValidationError(build_sentence(problem), code="line")
            values[name] = synonyms
        places = self.lines.values() if len(self.lines) == len(values) else [1] * len(values)
        self.lines = {(name,): at for name, at in zip(values, places, strict=True)}
        return values


class TyposField(LinesField):
    """Words that forgive slips: `refund`, or `delivery: 2`, one a line."""

    def write(self, value: Any) -> str:
        slips = value if isinstance(value, dict) else dict.fromkeys(value or (), 1)
        return "\n".join(word if many == 1 else f"{word}: {many}" for word, many in slips.items())

    def read(self, text: str) -> Any:
        typos: dict[str, Any] = {}
        for line in super().read(text):
            word, _, many = (part.strip() for part in line.partition(":"))
            typos[word] = int(many) if many.isdecimal() and len(many) < 5 else many or 1
        self.lines = {}
        return typos


class YamlField(TextAreaField):
    """A part of the rulebook file, in its YAML."""

    def __init__(self, *, otherwise: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.otherwise = otherwise

    def write(self, value: Any) -> str:
        if isinstance(value, dict | list):
            return write_rulebook(value) if value else ""
        return "" if value is None else json.dumps(value)

    def read(self, text: str) -> Any:
        if not text.strip():
            return self.otherwise
        try:
            data, self.lines = parse_yaml(text.encode())
        except RulebookError as error:
            problems = [build_sentence(str(problem)) for problem in error.problems]
            raise forms.ValidationError(problems, code="yaml") from error
        return data


def build_sentence(problem: str) -> str:
    """A problem as the parser words it, as a sentence to read at a field."""
    sentence = _QUOTED.sub(r"“\1”", problem)
    return f"{sentence[:1].upper()}{sentence[1:]}" + ("" if sentence[-1:] in "?." else ".")


def _is_line(item: tuple[str, list[str] | None]) -> bool:
    """Whether a value and its other words survive being written on a line."""
    name, synonyms = item
    plain = ":" not in name and not name.startswith("[")
    words = (name, *(synonyms or ()))
    return plain and all(
        word == word.strip() and "," not in word and "\n" not in word for word in words
    )


def _build_line(name: str, synonyms: list[str]) -> str:
    return f"{name}: {', '.join(synonyms)}" if synonyms else name


def _split_line(line: str) -> tuple[str, list[str]]:
    name, _, rest = (part.strip() for part in line.partition(":"))
    return name, [word for raw in rest.split(",") if (word := raw.strip())]


def _read_pairs(text: str) -> list[tuple[str, list[str]]] | None:
    """The list of pairs that `ValuesField.write` falls back on; None for anything else."""
    if not text.startswith("[["):
        return None
    try:
        pairs = json.loads(text)
        return [(str(name).strip(), [str(word) for word in words]) for name, words in pairs]
    except (ValueError, TypeError):
        return None
