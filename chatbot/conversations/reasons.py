"""Why an exchange was answered as it was: derived again from its stored facts and release."""

from __future__ import annotations

from dataclasses import replace

from chatbot.conversations.models import Event, Exchange
from chatbot.conversations.webhooks.calling import parse_called
from rules.decision import SEMANTICS, Decision, Situation, decide, parse_asked
from rules.evaluator import Evaluator
from rules.explanation import Explanation, explain
from rules.releases import get_release
from rules.releases.paused import build_rulebook
from rules.rulebook.parsing import parse_rulebook


def build_question(exchange: Exchange) -> Situation:
    """What the rules saw before any webhook answered."""
    question = Event.objects.get(
        conversation_id=exchange.conversation_id, seq=exchange.question_seq
    )
    return Situation(
        text=question.text,
        facts=exchange.facts,
        asked=parse_asked(exchange.asked) if exchange.asked else None,
    )


def build_stored_situation(exchange: Exchange) -> Situation:
    """What the rules saw when they decided."""
    called = [parse_called(value) for value in exchange.answers if not value.get("unused")]
    answers = {each.webhook: each.facts for each in called}
    return replace(build_question(exchange), answers=answers)


def get_evaluator(exchange: Exchange) -> Evaluator:
    """What decided it; raises Release.DoesNotExist."""
    live = get_release(release_id=exchange.release_id or 0, paused=exchange.paused)
    return live.evaluator


def can_explain(exchange: Exchange) -> bool:
    """Whether the rules still mean what they meant when this was decided."""
    return exchange.semantics == SEMANTICS


def explain_exchange(exchange: Exchange) -> Explanation | None:
    """None where no release was live, or rules had another meaning."""
    if exchange.release is None or not can_explain(exchange):
        return None
    rulebook = build_rulebook(parse_rulebook(exchange.release.content), paused=exchange.paused)
    return explain(rulebook, build_stored_situation(exchange))


def find_decision(exchange: Exchange) -> Decision | None:
    """What the rules decided, derived again; None where no release was live."""
    if exchange.release_id is None:
        return None
    return decide(get_evaluator(exchange), build_stored_situation(exchange))
