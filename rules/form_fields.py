"""Form fields for lists and mappings that people write as lines of text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminTextareaWidget

MAX_CHARACTERS = 200_000


class LinesField(forms.CharField):
    """A list of strings, one a line; blank lines do not count."""

    def __init__(self, *, rows: int = 5, code: bool = True, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(widget=_build_area(rows, code), max_length=MAX_CHARACTERS, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(map(str, value)) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        if isinstance(value, list):
            return value
        return [line for raw in (value or "").splitlines() if (line := raw.strip())]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.to_python(initial) != self.to_python(data))

    def run_validators(self, value: Any) -> None:
        """The length is that of the text; each line has its own check elsewhere."""
        super().run_validators("\n".join(value))


class ValuesField(LinesField):
    """A mapping from a value to its synonyms: `kettle: water boiler, boiler`, one a line."""

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, Mapping):
            return value
        return "\n".join(_build_line(name, synonyms) for name, synonyms in value.items())

    def to_python(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            return dict(value)
        values: dict[str, list[str]] = {}
        for number, line in enumerate((value or "").splitlines(), start=1):
            if not line.strip():
                continue
            name, _, rest = line.partition(":")
            name = name.strip()
            if not name or name in values:
                problem = f"{name!r} stands here twice" if name else "a value is missing before :"
                raise forms.ValidationError(f"Line {number}: {problem}.", code="line")
            values[name] = [word for raw in rest.split(",") if (word := raw.strip())]
        return values


def _build_line(name: str, synonyms: list[str]) -> str:
    return f"{name}: {', '.join(synonyms)}" if synonyms else name


def _build_area(rows: int, code: bool) -> UnfoldAdminTextareaWidget:
    attrs: dict[str, Any] = {"rows": rows, "class": "desk-code" if code else ""}
    if code:
        attrs |= {"spellcheck": "false", "autocapitalize": "off", "autocomplete": "off"}
    return UnfoldAdminTextareaWidget(attrs=attrs)
