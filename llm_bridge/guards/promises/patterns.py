"""The patterns of promises, built once from the list beside it."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Promises:
    """How promises are worded; a `future` one may be a fact, a `never` one is always a lie."""

    future: re.Pattern[str]
    done: re.Pattern[str]
    never: re.Pattern[str]


@lru_cache(maxsize=1)
def get_promises() -> Promises:
    """Of all languages at once: what somebody promises in another one is promised all the same."""
    path = Path(__file__).with_name("words.toml")
    lists: list[dict[str, Any]] = list(tomllib.loads(path.read_text("utf-8")).values())
    return Promises(
        future=_join(lists, "future"), done=_join(lists, "done_facts"), never=_join(lists, "never")
    )


def _join(lists: list[dict[str, Any]], name: str) -> re.Pattern[str]:
    return re.compile("|".join(_write(text, words) for words in lists for text in words[name]))


def _write(text: str, words: dict[str, Any]) -> str:
    for name in ("do", "done", "doing"):
        text = text.replace(f"{{{name}}}", _list(words.get(name, "")))
    return text.replace("<", "(?:").replace(">", ")")


def _list(text: str) -> str:
    ordered = sorted((word.replace("_", " ") for word in text.split()), key=len, reverse=True)
    return "|".join(map(re.escape, ordered))
