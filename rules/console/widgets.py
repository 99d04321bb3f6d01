"""Text areas that the page makes editors of: without scripts they stay what they are."""

from __future__ import annotations

import json
from typing import Any

from unfold.widgets import UnfoldAdminTextareaWidget

from rules.rulebook.nodes import RulebookError
from rules.rulebook.yaml_file import parse_yaml

MAX_SAFE = 2**53  # beyond, a browser would change a number


class EditorArea(UnfoldAdminTextareaWidget):  # type: ignore[misc]  # django-unfold is untyped
    """`editor` names the friendlier form; a `data-` one begins with the text's plain data."""

    def __init__(self, *, rows: int, code: bool, editor: str) -> None:
        attrs: dict[str, Any] = {"rows": rows, "class": "desk-code" if code else ""}
        if code:
            attrs |= {"spellcheck": "false", "autocapitalize": "off", "autocomplete": "off"}
        if editor:
            attrs["data-editor"] = editor
        super().__init__(attrs=attrs)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        shown = context["widget"]
        if shown["attrs"].get("data-editor") in {"condition", "actions", "examples"}:
            shown["attrs"]["data-value"] = json.dumps(find_data(str(value or "")))
        return context


def find_data(text: str) -> Any:
    """What a text of the rulebook file says, as far as a browser can hold it; None otherwise."""
    try:
        data, _ = parse_yaml(text.encode())
    except RulebookError:
        return None
    return data if _is_safe(data) else None


def _is_safe(data: Any) -> bool:
    if isinstance(data, dict):
        return all(isinstance(key, str) and _is_safe(part) for key, part in data.items())
    if isinstance(data, list):
        return all(map(_is_safe, data))
    if isinstance(data, float):
        return abs(data) <= MAX_SAFE  # not NaN, not infinite
    return not isinstance(data, int) or abs(data) <= MAX_SAFE
