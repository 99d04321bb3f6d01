"""A finding: one thing worth saying about a rulebook, in a sentence and with its proof."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from rules.language.facts import Scalar

Level: TypeAlias = Literal["ERROR", "WARNING", "INFO"]
Proof: TypeAlias = Literal["exact", "sampled"]

_LEVELS: Mapping[Level, int] = {"ERROR": 0, "WARNING": 1, "INFO": 2}
_NUMBER = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True)
class Witness:
    """A message, with the facts it needs, that really triggers what the finding says.

    `before` is what the visitor wrote first, where it takes two messages.
    """

    text: str
    facts: Mapping[str, Scalar] = field(default_factory=dict, hash=False)
    before: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """An ERROR keeps the rulebook from being published, a WARNING asks for a tick, an INFO teaches.

    `proof` is `sampled` where no text can be shown to be an exception but not all could be tried.
    """

    level: Level
    code: str  # stable
    where: str  # the path in the file, `intents.track_order.examples[0]`
    message: str
    rules: tuple[str, ...] = ()  # the rule it is about first
    witness: Witness | None = None
    logged: str | None = None  # what a visitor wrote that triggers it too
    proof: Proof = "exact"

    @property
    def id(self) -> str:
        """The same for the same finding in later drafts, so that a tick can be remembered."""
        key = "\n".join((self.code, self.where, *self.rules))
        return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:16]

    def to_json(self) -> dict[str, Any]:
        """Plain JSON data."""
        shown = self.witness
        witness = shown and {"text": shown.text, "facts": dict(shown.facts), "before": shown.before}
        return {
            "id": self.id,
            "level": self.level,
            "code": self.code,
            "where": self.where,
            "message": self.message,
            "rules": list(self.rules),
            "witness": witness,
            "logged": self.logged,
            "proof": self.proof,
        }


def sort_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Each once: what blocks first, then by place as a reader counts (`[2]` before `[10]`)."""
    return tuple(sorted(dict.fromkeys(findings), key=_build_key))


def _build_key(finding: Finding) -> tuple[int, list[tuple[int, str]], str, tuple[str, ...], str]:
    place = [(int(part), "") if part.isdigit() else (-1, part) for part in _split(finding.where)]
    return _LEVELS[finding.level], place, finding.code, finding.rules, finding.message


def _split(where: str) -> list[str]:
    return [part for part in _NUMBER.split(where) if part]
