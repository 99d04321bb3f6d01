"""Form fields for pieces of the rulebook that people write as lines of text or as YAML."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminTextareaWidget

from rules.rulebook.nodes import Path, RulebookError
from rules.rulebook.yaml_file import parse_yaml, write_rulebook

MAX_CHARACTERS = 200_000


class TextAreaField(forms.CharField, ABC):
    """A value with a written form; `lines` says on which line each part of it was written."""

    def __init__(self, *, rows: int = 5, code: bool = True, **kwargs: Any) -> None:
        super().__init__(widget=_build_area(rows, code), max_length=MAX_CHARACTERS, **kwargs)
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
        super().__init__(**{"required": False, **kwargs})

    def write(self, value: Any) -> str:
        return "\n".join(map(str, value or ()))

    def read(self, text: str) -> Any:
        written = [(at, line.strip()) for at, line in enumerate(text.split("\n"), start=1)]
        kept = [(at, line) for at, line in written if line]
        self.lines = {(index,): at for index, (at, _) in enumerate(kept)}
        return [line for _, line in kept]


class ValuesField(LinesField):
    """A mapping from a value to its synonyms: `kettle: water boiler, boiler`, one a line."""

    def write(self, value: Any) -> str:
        return "\n".join(_build_line(name, synonyms) for name, synonyms in (value or {}).items())

    def read(self, text: str) -> Any:
        values: dict[str, list[str]] = {}
        for line in super().read(text):
            name, _, rest = (part.strip() for part in line.partition(":"))
            if not name or name in values:
                problem = f"“{name}” stands here twice" if name else f"no value before “{line}”"
                raise forms.ValidationError(build_sentence(problem), code="line")
            values[name] = [word for raw in rest.split(",") if (word := raw.strip())]
        self.lines = {(name,): at for name, at in zip(values, self.lines.values(), strict=True)}
        return values


class YamlField(TextAreaField):
    """A part of the rulebook file, in its YAML."""

    def __init__(self, *, otherwise: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.otherwise = otherwise

    def write(self, value: Any) -> str:
        return write_rulebook(value) if value else ""

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
    return f"{problem[:1].upper()}{problem[1:]}."


def _build_line(name: str, synonyms: list[str]) -> str:
    return f"{name}: {', '.join(synonyms)}" if synonyms else name


def _build_area(rows: int, code: bool) -> UnfoldAdminTextareaWidget:
    attrs: dict[str, Any] = {"rows": rows, "class": "desk-code" if code else ""}
    if code:
        attrs |= {"spellcheck": "false", "autocapitalize": "off", "autocomplete": "off"}
    return UnfoldAdminTextareaWidget(attrs=attrs)
