"""Short ways to examine a rulebook written as plain data."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from rules.evaluator import build_evaluators
from rules.findings.finding import Finding
from rules.findings.search import find_findings
from rules.rulebook.parsing import parse_rulebook

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = 3_600.0  # no test depends on how fast the machine is

INTENTS: dict[str, Any] = {
    "track": {"phrases": ["where is my (order|parcel)", "track [my] order"]},
    "cancel": {"phrases": ["cancel [my] (order|purchase)"]},
    "refund": {"phrases": ["refund my money"]},
}
ENTITIES: dict[str, Any] = {
    "number": {"pattern": r"[A-Z]{2}-\d{6}", "example": "AB-123456"},
    "size": {"values": {"small": ["little"], "large": ["big"]}},
}


def rule(name: str, when: Any, *then: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A rule; without actions it says its own name."""
    return {"name": name, "when": when, "then": list(then) or [{"reply": name}], **more}


def about(intent: str, *leaves: dict[str, Any]) -> dict[str, Any]:
    return {"all": [{"intent": intent}, *leaves]}


def build_book(*rules: dict[str, Any], **sections: Any) -> dict[str, Any]:
    return {
        "rulebook": 1,
        "intents": INTENTS,
        "entities": ENTITIES,
        "rules": list(rules),
        **sections,
    }


def examine(
    data: dict[str, Any], *, live: dict[str, Any] | None = None, logged: Iterable[str] = ()
) -> tuple[Finding, ...]:
    rulebook = parse_rulebook(data)
    evaluators = build_evaluators(rulebook)
    try:
        return find_findings(
            rulebook=rulebook,
            evaluators=evaluators,
            live=parse_rulebook(live) if live else None,
            logged=logged,
            budget_seconds=HOUR,
            now=NOW,
        )
    finally:
        for evaluator in evaluators:
            evaluator.close()


def find_one(code: str, *rules: dict[str, Any], **options: Any) -> Finding:
    """The only finding of its code."""
    logged = options.pop("logged", ())
    live = options.pop("live", None)
    found = examine(build_book(*rules, **options), live=live, logged=logged)
    [finding] = [each for each in found if each.code == code]
    return finding


def find_codes(*rules: dict[str, Any], **options: Any) -> set[str]:
    return {finding.code for finding in examine(build_book(*rules, **options))}
