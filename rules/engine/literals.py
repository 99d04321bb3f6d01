"""Patterns, fast: one pass of an Aho-Corasick automaton finds which of many may match.

Every match of a pattern contains its literal; only where that is found does RE2 look. The
automaton comes in parts, because building one holds up every other thread.
"""

import zlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import ahocorasick

from rules.language.patterns import Pattern, find_literals
from rules.language.text import replace_surrogates

PART = 2_000  # literals of one automaton: built within a few milliseconds

_Payload = TypeVar("_Payload")


@dataclass(frozen=True, slots=True)
class _Guarded(Generic[_Payload]):
    """A pattern that can match only where all its literals are; the first leads to it."""

    others: tuple[str, ...]
    pattern: Pattern
    payload: _Payload


class PatternFinder(Generic[_Payload]):
    """Finds which patterns match somewhere in a text as written."""

    def __init__(self, payloads: Mapping[Pattern, _Payload]) -> None:
        groups: dict[str, list[_Guarded[_Payload]]] = defaultdict(list)
        self._always: list[_Guarded[_Payload]] = []
        for pattern, payload in payloads.items():
            # Folding a whole text makes equal whatever `fold_case` makes equal, and some more.
            literals = [literal.casefold() for literal in find_literals(pattern.expression)]
            guarded = _Guarded(tuple(literals[1:]), pattern, payload)
            (groups[literals[0]] if literals else self._always).append(guarded)
        count = -(-len(groups) // PART)
        parts: list[dict[str, Any]] = [{} for _ in range(count)]
        for literal, group in groups.items():
            parts[zlib.crc32(literal.encode()) % count][literal] = group
        self._automata = [_build_automaton(part) for part in parts if part]

    def find(self, text: str, folded: str) -> list[_Payload]:
        """What was filed with each pattern that matches; `folded` is the text casefolded."""
        candidates = self._find_candidates(folded) if self._automata else self._always
        if not candidates:
            return []
        # RE2 works on bytes: made here, they are made once.
        raw = replace_surrogates(text).encode()
        return [each.payload for each in candidates if each.pattern.compiled.search(raw)]

    def _find_candidates(self, folded: str) -> list[_Guarded[_Payload]]:
        found = list(self._always)
        for automaton in self._automata:
            groups = {id(group): group for _, group in automaton.iter(folded)}
            for group in groups.values():
                for each in group:
                    for other in each.others:
                        if other not in folded:
                            break
                    else:
                        found.append(each)
        return found


def _build_automaton(part: Mapping[str, Any]) -> Any:
    automaton = ahocorasick.Automaton()
    for literal, group in part.items():
        automaton.add_word(literal, group)
    automaton.make_automaton()
    return automaton
