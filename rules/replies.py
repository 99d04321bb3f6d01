"""Texts as the customer reads them: the right language, and placeholders filled in as text."""

import re
from collections.abc import Mapping
from functools import lru_cache

from rules.language.facts import MAX_FACT_TEXT, Fact, Scalar
from rules.rulebook.parse_actions import PLACEHOLDER
from rules.rulebook.parts import Text

_SPECIAL = re.compile(r"[\\`*_\[\]<>]")
_LIST_MARK = re.compile(r"(\s*)([-+]|\d{1,9}[.)])(?=\s|\Z)")
_LINE_BREAK = re.compile(r"[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")


def render(text: Text, facts: Mapping[str, Fact]) -> tuple[str, str | None]:
    """What is said, filled in from the facts as they are at this moment, and the language that
    it is in where that is known and not the visitor's own."""
    wanted = facts.get("language")
    language, version = choose_version(text, wanted)
    return _fill_in(version, facts), _find_fallback(language, wanted)


def fill(value: Scalar, facts: Mapping[str, Fact]) -> Scalar:
    """A slot's value to be: a text may take over other values, escaped only when shown."""
    if not isinstance(value, str):
        return value
    return PLACEHOLDER.sub(lambda found: _find_shown(found[1], facts), value)[:MAX_FACT_TEXT]


def _fill_in(version: str, facts: Mapping[str, Fact]) -> str:
    if "{" not in version:
        return version
    pieces = _split(version)
    parts = list(pieces)
    parts[1::2] = [escape_markdown(_find_shown(name, facts)) for name in pieces[1::2]]
    return "".join(parts)


def _find_shown(name: str, facts: Mapping[str, Fact]) -> str:
    """A slot's value, else an entity's first, else a fact's; empty if there is none."""
    for full_name in (f"slot.{name}", f"entity.{name}", name):
        if (fact := facts.get(full_name)) is not None:
            return format_fact(fact, first=full_name.startswith("entity."))
    return ""


def _find_fallback(language: str | None, wanted: Fact | None) -> str | None:
    if language is None or not isinstance(wanted, str) or language == wanted:
        return None
    return language if _find_main(language) != _find_main(wanted) else None


def choose_version(text: Text, language: Fact | None) -> tuple[str | None, str]:
    """The language itself, else its main language (`de` for `de-AT`), else the first."""
    first = text.versions[0]
    if len(text.versions) == 1 or not isinstance(language, str):
        return first
    versions = {(key or "").casefold(): (key, each) for key, each in reversed(text.versions)}
    return versions.get(language.casefold()) or versions.get(_find_main(language)) or first


@lru_cache(4096)
def _split(version: str) -> tuple[str, ...]:
    """Text and names of placeholders in turn."""
    return tuple(PLACEHOLDER.split(version))


def _find_main(language: str) -> str:
    return language.casefold().partition("-")[0]


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
    if value.isalpha():
        return value
    escaped = _SPECIAL.sub(r"\\\g<0>", _LINE_BREAK.sub(" ", value))
    if mark := _LIST_MARK.match(escaped):
        # Where the value begins a line, this would begin a list.
        return f"{escaped[: mark.end() - 1]}\\{escaped[mark.end() - 1 :]}"
    return escaped
