"""Everything about how one answer came to be, as the exchange page shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Any

from chatbot.conversations import log
from chatbot.conversations.events import LoggedEvent
from chatbot.conversations.models import Event, Exchange
from chatbot.conversations.reasons import can_explain, explain_exchange
from chatbot.conversations.webhooks.calling import parse_called
from chatbot.desk.transcript import Line, build_lines, build_reason
from chatbot.desk.wording import (
    CALL_ERRORS,
    FAILURES,
    GUARD_OUTCOMES,
    GUARDED,
    REASONS,
    SOURCES,
    find_words,
)
from llm_bridge.money.amounts import build_dollars
from rules.evidence import Match
from rules.explanation import Explanation
from rules.rulebook.parsing import RulebookError


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A piece of the question, and what it says to the rules if anything."""

    text: str
    says: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A webhook that was asked, and what came back."""

    webhook: str
    ms: int
    error: str
    facts: Sequence[tuple[str, str]]
    is_used: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Guarded:
    """A sentence of the model that a guard did not let pass as it was."""

    sentence: str
    why: str
    found: str
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The stored row in words, and the explanation derived from it again."""

    exchange: Exchange
    question: Sequence[Stretch]
    answer: Line | None
    source_name: str
    reason: str
    failure: str
    handoff: str
    total: str
    cost: str  # of the model's call
    explanation: Explanation | None
    facts: Sequence[tuple[str, Any]]
    calls: Sequence[Call]
    guarded: Sequence[Guarded]
    is_current: bool  # the rules still mean what they meant when this was decided


def build_evidence(exchange: Exchange) -> Evidence:
    question, answer = _read_events(exchange)
    explanation = _explain(exchange)
    matches = explanation.matches if explanation else ()
    facts = explanation.facts if explanation else exchange.facts
    return Evidence(
        exchange=exchange,
        question=build_stretches(question.text if question else "", matches),
        answer=build_lines([answer], {})[0] if answer else None,
        source_name=find_words(SOURCES, exchange.source),
        reason=find_words(REASONS, exchange.reason),
        failure=find_words(FAILURES, exchange.failure),
        handoff=build_reason(exchange.handoff_reason),
        total=_build_time(exchange),
        cost=build_dollars(exchange.model_call.cost) if exchange.model_call else "",
        explanation=explanation,
        facts=[(name, _show(value)) for name, value in sorted(facts.items())],
        calls=[_build_call(value) for value in exchange.answers],
        guarded=[_build_guarded(value) for value in exchange.guarded],
        is_current=can_explain(exchange),
    )


def _build_guarded(value: Mapping[str, Any]) -> Guarded:
    return Guarded(
        sentence=str(value.get("sentence", "")),
        why=find_words(GUARDED, str(value.get("reason", ""))),
        found=", ".join(map(str, value.get("found", ()))),
        outcome=find_words(GUARD_OUTCOMES, str(value.get("outcome", ""))),
    )


def _build_call(value: Mapping[str, Any]) -> Call:
    called = parse_called(value)
    facts = {name: fact for name, fact in called.facts.items() if name not in {"ok", "error"}}
    return Call(
        webhook=called.webhook,
        ms=called.ms,
        error=find_words(CALL_ERRORS, str(called.facts.get("error", ""))),
        facts=[(name, _show(fact)) for name, fact in sorted(facts.items())],
        is_used=not value.get("unused", False),
    )


def build_stretches(text: str, matches: Sequence[Match]) -> list[Stretch]:
    """The text cut wherever a match begins or ends; overlapping ones share their stretch."""
    cuts = sorted({0, len(text), *(place for match in matches for place in _clip(match, text))})
    return [
        Stretch(text=text[start:end], says=_say(start, matches)) for start, end in pairwise(cuts)
    ]


def _clip(match: Match, text: str) -> tuple[int, int]:
    return min(match.start, len(text)), min(match.end, len(text))


def _say(at: int, matches: Sequence[Match]) -> str:
    found = (f"{each.kind} {each.name}" for each in matches if each.start <= at < each.end)
    return ", ".join(dict.fromkeys(found))


def _read_events(exchange: Exchange) -> tuple[LoggedEvent | None, LoggedEvent | None]:
    """Question and answer."""
    return _find_event(exchange, exchange.question_seq), _find_event(exchange, exchange.answer_seq)


def _find_event(exchange: Exchange, seq: int | None) -> LoggedEvent | None:
    if seq is None:
        return None
    return log.find_event(conversation_id=exchange.conversation_id, seq=seq)


def _explain(exchange: Exchange) -> Explanation | None:
    """None too for a release so old that this version cannot read it, and an erased question."""
    try:
        return explain_exchange(exchange)
    except (RulebookError, Event.DoesNotExist):
        return None


def _build_time(exchange: Exchange) -> str:
    if exchange.answered_at is None:
        return ""
    taken = (exchange.answered_at - exchange.created_at) / timedelta(milliseconds=1)
    return f"{taken:,.0f} ms" if taken >= 1 else "the same moment"


def _show(value: Any) -> str:
    """A fact as it is typed in a rulebook, so that 1, "1" and true look different."""
    if isinstance(value, tuple | list):
        return ", ".join(_show(part) for part in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"“{value}”" if isinstance(value, str) else str(value)
