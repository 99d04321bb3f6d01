"""Facts: what is known about a turn besides its text, flat and keyed by full name."""

import math
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import TypeAlias

Scalar: TypeAlias = str | int | float | bool
Fact: TypeAlias = Scalar | tuple[Scalar, ...]  # a tuple holds when any of its elements does

MAX_FACTS = 200
MAX_FACT_NAME = 200  # characters
MAX_FACT_TEXT = 512  # characters
MAX_INTEGER = 2**53  # beyond, JSON readers disagree on what was meant

PLAIN_FACTS = (
    "intent",
    "intents",
    "site",
    "language",
    "hours",
    "now",
    "turn",
    "repeat",
    "agents_online",
    "notice",
    "last_rule",
    "last_rule_run",
    "last_answer",
    "last_rejected",
)
# What `now` says as seconds since 1970: by the clock on the site's wall, and absolute.
LOCAL_CLOCK = "clock.local"
UTC_CLOCK = "clock.utc"

_NAME = re.compile(r"[^\W\d][\w-]{0,63}\Z")
_FACT_NAME = re.compile(r"[^\W\d][\w-]*(?:\.[\w-]+)*\Z")


class FactError(ValueError):
    """A sentence that says which fact is wrong and how."""


def is_name(text: str) -> bool:
    """Whether an intent, an entity or a slot may be called so."""
    return _NAME.match(text) is not None


def is_fact_name(text: str) -> bool:
    """Whether it has the form of a fact's full name, `word` or `word.word`."""
    return len(text) <= MAX_FACT_NAME and _FACT_NAME.match(text) is not None


def is_derived(name: str) -> bool:
    """Whether the text decides this fact, so that nobody else may state it."""
    return name in {"intent", "intents"} or name.startswith(("entity.", "clock."))


def find_scalar_problem(value: object) -> str | None:
    """What keeps a value from being a fact's, as the end of a sentence."""
    if isinstance(value, str):
        return _find_text_problem(value)
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return None if abs(value) <= MAX_INTEGER else "is beyond 2^53"
    if isinstance(value, float):
        return None if math.isfinite(value) else "is not a finite number"
    return "is not a text, a number, true or false"


def _find_text_problem(value: str) -> str | None:
    if len(value) > MAX_FACT_TEXT:
        return f"is longer than {MAX_FACT_TEXT} characters"
    return "holds a lone surrogate" if not value.isascii() and has_surrogate(value) else None


def has_surrogate(text: str) -> bool:
    """Whether a text holds half a character, which no encoding can carry."""
    return any("\ud800" <= character <= "\udfff" for character in text)


def parse_facts(value: object) -> dict[str, Scalar]:
    """Untrusted facts (`{"visitor.tier": "gold"}`) as they are, or `FactError`."""
    if not isinstance(value, Mapping):
        raise FactError("facts are a mapping from full names to values")
    if len(value) > MAX_FACTS:
        raise FactError(f"at most {MAX_FACTS} facts are allowed, not {len(value)}")
    for name, fact in value.items():
        if not _may_be_stated(name):
            raise FactError(_find_name_problem(name))
        # Nearly all are one of these two, and then there is no more to ask.
        if type(fact) is str and len(fact) <= MAX_FACT_TEXT and fact.isascii():
            continue
        if type(fact) is int and -MAX_INTEGER <= fact <= MAX_INTEGER:
            continue
        if (problem := find_scalar_problem(fact)) is not None:
            raise FactError(f"`{name}` {problem}")
    return dict(value)


@lru_cache(4_096)
def _may_be_stated(name: object) -> bool:
    """The names of all messages are the same few."""
    return isinstance(name, str) and is_fact_name(name) and not is_derived(name)


def _find_name_problem(name: object) -> str:
    if isinstance(name, str) and is_fact_name(name):
        return f"`{name}` follows from the text and cannot be given"
    return f"{repr(name)[:80]} is no fact's name: letters, digits, `_`, `-` and single dots"
