"""Why an exchange was answered as it was: derived again from its stored facts and release."""

from __future__ import annotations

from chatbot.conversations.models import Event, Exchange
from rules.decision import Reason, Situation, decide, parse_asked
from rules.explanation import Explanation, explain
from rules.releases import get_release
from rules.rulebook.parsing import parse_rulebook


def build_stored_situation(exchange: Exchange) -> Situation:
    """What the rules saw then."""
    question = Event.objects.get(
        conversation_id=exchange.conversation_id, seq=exchange.question_seq
    )
    return Situation(
        text=question.text,
        facts=exchange.facts,
        asked=parse_asked(exchange.asked) if exchange.asked else None,
    )


def explain_exchange(exchange: Exchange) -> Explanation | None:
    """None where no release was live."""
    if exchange.release is None:
        return None
    rulebook = parse_rulebook(exchange.release.content)
    return explain(rulebook, build_stored_situation(exchange))


def find_instruction(exchange: Exchange) -> str | None:
    """What the escalating rule tells the model, if a rule escalated."""
    if exchange.reason != Reason.ESCALATED or exchange.release is None:
        return None
    live = get_release(release_id=exchange.release.pk)
    return decide(live.evaluator, build_stored_situation(exchange)).instruction
