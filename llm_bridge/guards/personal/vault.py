"""Keeps what was replaced in one call, by the placeholder that stands for it.

A placeholder looks like `[EMAIL_482]`: words that tell a model what stands there, brackets that
tell where it ends. Its number is a digest of the conversation and the value, so that it stays the
same from message to message and says nothing in any other conversation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import blake2b

from llm_bridge.guards.personal.finding import find_personal, join_spans
from llm_bridge.guards.personal.kinds import Kind, Known, Span

_KINDS = "|".join(Kind)
# Also as models change it: other cases, spaces, escaped for Markdown, without its brackets or,
# if it is the only one of its kind, without its number.
_PLACEHOLDER = re.compile(
    rf"\[\s{{0,3}}(?P<kind>(?i:{_KINDS}))[\s\\_-]{{1,4}}(?P<number>\d{{1,5}})\s{{0,3}}\\?\]"
    rf"|(?P<bare>(?i:{_KINDS}))\\?_(?P<digits>\d{{1,5}})"
    rf"|\[(?P<alone>{_KINDS})\](?!\()"
)
_SHORTEST = 3  # characters of something known
_NUMBERS = 900


@dataclass(slots=True)
class Vault:
    """What stands for what in one call.

    `salt` is the conversation's; `own` are the company's texts: whoever repeats its address or
    telephone number tells nothing about himself.
    """

    salt: str
    own: str = ""
    _values: dict[str, str] = field(default_factory=dict)
    _placeholders: dict[tuple[Kind, str], str] = field(default_factory=dict)
    _known: dict[str, Kind] = field(default_factory=dict)
    _spans: dict[str, list[Span]] = field(default_factory=dict)
    _pattern: re.Pattern[str] | None = None

    def __len__(self) -> int:
        return len(self._values)

    def learn(self, text: str) -> None:
        """Remembers what is personal in a text, to know it again wherever it stands."""
        for span in self._find(text):
            self.note(Known(span.kind, text[span.start : span.end]))

    def note(self, known: Known) -> None:
        """Remembers something; of a name also its parts."""
        values = [known.value.strip()]
        if known.kind is Kind.NAME:
            values += [part for part in values[0].split() if part[:1].isupper()]
        for value in values:
            if len(value) >= _SHORTEST and value not in self._known:
                self._known[value] = known.kind
                self._pattern = None

    def mask(self, text: str, *, is_ours: bool = False) -> str:
        """The text with placeholders; in one of ours only for what is known of the visitor."""
        return self._replace(text, () if is_ours else self._find(text))

    def _find(self, text: str) -> list[Span]:
        if text not in self._spans:  # looked for once to learn and once to replace
            found = find_personal(text)
            self._spans[text] = [x for x in found if text[x.start : x.end] not in self.own]
        return self._spans[text]

    def _replace(self, text: str, found: Iterable[Span]) -> str:
        alike = (Span(*each.span(), Kind.TEXT) for each in _PLACEHOLDER.finditer(text))
        masked, at = [], 0
        for span in join_spans([*found, *self._find_known(text), *alike]):
            masked += [text[at : span.start], self._keep(span.kind, text[span.start : span.end])]
            at = span.end
        return "".join([*masked, text[at:]])

    def _find_known(self, text: str) -> Iterable[Span]:
        if not self._known:
            return ()
        if self._pattern is None:
            longest_first = sorted(self._known, key=len, reverse=True)
            words = "|".join(map(re.escape, longest_first))
            self._pattern = re.compile(rf"(?<!\w)(?:{words})(?!\w)")
        found = self._pattern.finditer(text)
        return [Span(*each.span(), self._known[each[0]]) for each in found]

    def _keep(self, kind: Kind, value: str) -> str:
        placeholder = self._placeholders.get((kind, value))
        if placeholder is None:
            placeholder = self._placeholders[kind, value] = self._invent(kind, value)
            self._values[placeholder] = value
        return placeholder

    def _invent(self, kind: Kind, value: str) -> str:
        digest = blake2b(f"{self.salt}/{kind}/{value}".encode("utf-8", "surrogatepass"))
        number = 100 + int.from_bytes(digest.digest()[:8]) % _NUMBERS
        while f"[{kind}_{number}]" in self._values:
            number += 1
        return f"[{kind}_{number}]"

    def restore(self, text: str) -> str | None:
        """The text as it is meant; None if it has a placeholder that stands for nothing here."""
        parts, at = [], 0
        for match in _PLACEHOLDER.finditer(text):
            value = self._find_value(match)
            if value is None:
                return None
            parts += [text[at : match.start()], value]
            at = match.end()
        return "".join([*parts, text[at:]])

    def _find_value(self, match: re.Match[str]) -> str | None:
        if kind := match["alone"]:
            alike = [value for (each, value) in self._placeholders if each == kind]
            return alike[0] if len(alike) == 1 else None
        kind, number = match["kind"] or match["bare"], match["number"] or match["digits"]
        return self._values.get(f"[{kind.upper()}_{number}]")
