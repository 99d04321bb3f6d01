"""Texts as the customer reads them: the right language, and placeholders filled in as text."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from rules.language.facts import MAX_FACT_TEXT, Fact, Scalar
from rules.rulebook.parse_actions import PLACEHOLDER
from rules.rulebook.parts import SetSlot, Text

_SPECIAL = re.compile(r"[\\`*_\[\]<>]")
_LIST_MARK = re.compile(r"(\s*)([-+]|\d{1,9}[.)])(?=\s|\Z)")
_LINE_BREAK = re.compile(r"[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")


@dataclass(slots=True)
class Rendering:
    """The facts as they change while a rule's actions are carried out one by one."""

    facts: dict[str, Fact]

    @classmethod
    def start(cls, facts: Mapping[str, Fact]) -> "Rendering":
        return cls(facts=dict(facts))

    def set_slot(self, action: SetSlot) -> None:
        """A text may take over other values; it is stored as it is, escaped when shown."""
        value = action.value
        if isinstance(value, str):
            value = PLACEHOLDER.sub(lambda found: self._find(found[1]), value)[:MAX_FACT_TEXT]
        self.facts[f"slot.{action.slot}"] = value

    def render(self, text: Text) -> str:
        version = choose_version(text, self.facts.get("language"))
        return PLACEHOLDER.sub(lambda found: escape_markdown(self._find(found[1])), version)

    def _find(self, name: str) -> str:
        """A slot's value, else an entity's first, else a fact's; empty if there is none."""
        for full_name in (f"slot.{name}", f"entity.{name}", name):
            if (fact := self.facts.get(full_name)) is not None:
                return format_fact(fact, first=full_name.startswith("entity."))
        return ""


def choose_version(text: Text, language: Fact | None) -> str:
    """The language itself, else its main language (`de` for `de-AT`), else the first."""
    versions = {(key or "").casefold(): version for key, version in reversed(text.versions)}
    wanted = language.casefold() if isinstance(language, str) else ""
    for key in (wanted, wanted.partition("-")[0]):
        if key in versions:
            return versions[key]
    return text.versions[0][1]


def format_fact(fact: Fact, *, first: bool = False) -> str:
    if isinstance(fact, tuple):
        return format_scalar(fact[0]) if first else ", ".join(map(format_scalar, fact))
    return format_scalar(fact)


def format_scalar(value: Scalar) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e16:
        return str(int(value))
    return str(value)


def escape_markdown(value: str) -> str:
    """A value that our Markdown subset shows as the text it is, on one line."""
    escaped = _SPECIAL.sub(r"\\\g<0>", _LINE_BREAK.sub(" ", value))
    if mark := _LIST_MARK.match(escaped):
        # Where the value begins a line, this would begin a list.
        return f"{escaped[: mark.end() - 1]}\\{escaped[mark.end() - 1 :]}"
    return escaped
