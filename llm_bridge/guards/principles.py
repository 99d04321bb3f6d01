"""A site's own principles: what its answers must never say, and what they always have to.

A principle's text is in the model's prompt; its words and patterns are held whatever the model
makes of that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import re2

from llm_bridge.guards.grounding.folding import clean, fold
from llm_bridge.guards.grounding.vocabulary import find_language

MAX_LINE = 200  # characters of a phrase or pattern
MAX_LINES = 100
_MEMORY = 1 << 20  # bytes that one pattern may need
_WORD = re.compile(r"[^\W\d_]+")
_GAP, _REST = r"[^\pL\pN]+", r"[\pL\pN]*"  # between two words, and of one that goes on


class PrincipleError(ValueError):
    """A line that is no phrase and no pattern; says why."""


@dataclass(frozen=True, slots=True)
class Principle:
    """One principle; a line is words (`*` ends the beginning of one) or `/pattern/` in RE2.

    Its lines count for answers in its languages, for all where it names none. Where `is_judged`,
    a model is asked as well whether the answer keeps it.
    """

    name: str
    text: str
    forbidden: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    is_judged: bool = False


@dataclass(frozen=True, slots=True)
class Breach:
    """A principle that a text does not keep, and what it says or lacks."""

    principle: str
    found: str
    is_lacking: bool = False


def find_forbidden(
    text: str, principles: Iterable[Principle], *, language: str
) -> Iterator[Breach]:
    """What a sentence says and must not."""
    for principle in _find_applying(text, principles, language):
        for line in principle.forbidden:
            if found := _search(line, text):
                yield Breach(principle.name, found)


def find_lacking(text: str, principles: Iterable[Principle], *, language: str) -> Iterator[Breach]:
    """What a whole answer has to say and does not."""
    for principle in _find_applying(text, principles, language):
        if principle.required and not any(_search(line, text) for line in principle.required):
            yield Breach(principle.name, principle.required[0], is_lacking=True)


def parse_line(line: str) -> str:
    """The line as it is stored; raises PrincipleError."""
    line = line.strip()
    if len(line) > MAX_LINE:
        raise PrincipleError(f"“{line[:40]}…” is longer than {MAX_LINE} characters.")
    if not any(map(str.isalnum, line)):
        raise PrincipleError(f"“{line}” has no word to look for.")
    try:
        pattern = _compile(line)
    except re2.error as error:
        raise PrincipleError(f"“{line}” is no pattern that RE2 reads: {error}") from error
    if pattern.search(""):
        raise PrincipleError(f"“{line}” would be found in every text.")
    return line


def _find_applying(text: str, principles: Iterable[Principle], default: str) -> Iterator[Principle]:
    spoken = find_language(map(fold, _WORD.findall(text)), default=default[:2].lower())
    return (each for each in principles if not each.languages or spoken in each.languages)


def _search(line: str, text: str) -> str:
    """What stands in the text, as it stands there; empty if nothing does."""
    plain = clean(text)
    is_pattern = _is_pattern(line)
    found = _compile(line).search(plain if is_pattern else fold(plain))
    if found is None:
        return ""
    return str(found[0] if is_pattern else found[1]).strip()


def _is_pattern(line: str) -> bool:
    return len(line) > 2 and line[0] == line[-1] == "/"


@lru_cache(maxsize=2_048)
def _compile(line: str) -> re2._Regexp[str]:
    options = re2.Options()
    options.max_mem = _MEMORY
    options.log_errors = False
    if _is_pattern(line):
        return re2.compile(f"(?i){line[1:-1]}", options)
    words = map(_write_word, fold(_clean_line(line)).split())
    return re2.compile(rf"(?:^|[^\pL\pN])({_GAP.join(words)})(?:[^\pL\pN]|$)", options)


def _write_word(word: str) -> str:
    return str(re2.escape(word.rstrip("*"))) + (_REST if word.endswith("*") else "")


def _clean_line(line: str) -> str:
    """A phrase as texts are compared; its stars are no emphasis."""
    return clean(line.replace("*", "\ue000")).replace("\ue000", "*")
