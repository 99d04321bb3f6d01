"""What rules leave: webhooks, the model, else an approved reply, else an article, else a person."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import replace
from uuid import UUID

from django.utils import timezone

from chatbot.conversations import log, repeats
from chatbot.conversations.budgets import build_site_budget
from chatbot.conversations.cases import Case, read_case
from chatbot.conversations.delivery import get_hub, push_events
from chatbot.conversations.events import Draft, Frame
from chatbot.conversations.log import Answer
from chatbot.conversations.models import AtLimit, Exchange, HandoffReason, Sender, Source
from chatbot.conversations.outcome import PERSON_REQUEST, build_handover
from chatbot.conversations.resumption import resume
from chatbot.conversations.sources import (
    build_fallback_evidence,
    build_model_evidence,
    find_shown,
)
from chatbot.conversations.takeover import TakenOver, unless_taken_over
from chatbot.conversations.threads import in_patient_thread
from llm_bridge import gateway, knowledge
from llm_bridge.approved.finding import Approved, find_reply
from rules.decision import Reason

MAX_ATTEMPTS = 3

# Every other failure is the provider's: a tool that did not work.
_HANDOFF_REASONS = {
    gateway.FailureReason.NOT_CONFIGURED: HandoffReason.MISSING_KNOWLEDGE,
    gateway.FailureReason.PAUSED: HandoffReason.POLICY_RESTRICTION,
    gateway.FailureReason.SCREENED: HandoffReason.POLICY_RESTRICTION,
    gateway.FailureReason.FILTERED: HandoffReason.POLICY_RESTRICTION,
    gateway.FailureReason.BUDGET: HandoffReason.USAGE_LIMIT,
    gateway.FailureReason.QUOTA: HandoffReason.USAGE_LIMIT,
    gateway.FailureReason.UNGROUNDED: HandoffReason.MISSING_KNOWLEDGE,
    gateway.FailureReason.APPROVED_ONLY: HandoffReason.MISSING_KNOWLEDGE,
    gateway.FailureReason.PROMISE: HandoffReason.UNSUPPORTED_REQUEST,
    gateway.FailureReason.PRINCIPLE: HandoffReason.POLICY_RESTRICTION,
    gateway.FailureReason.SEALED: HandoffReason.POLICY_RESTRICTION,
}
# Here an article would be no answer either: somebody has to do something, or to decide it.
_FOR_PEOPLE = frozenset({gateway.FailureReason.PROMISE, gateway.FailureReason.SEALED})

# To a question that gives the model orders: nobody's time goes into an attack, and whoever was
# taken for one says it in other words, or presses the button.
SCREENED_LINE = "I can't help with that. Ask me in other words, or talk to a person."

logger = logging.getLogger(__name__)


async def answer(exchange_id: UUID) -> None:
    """Answers one pending exchange, once however often it is called and whoever calls it."""
    exchange = await _claim(exchange_id=exchange_id, now=timezone.now())
    if exchange is None:
        return
    try:
        if exchange.reason == Reason.CALLING and not await resume(exchange):
            return
        case = await _read_case(exchange)
        reply = await _answer_freely(case)
    except TakenOver:
        return
    events = await _record(exchange_id=exchange_id, answer=reply, now=timezone.now())
    push_events(exchange.conversation_id, events)
    if events and reply.is_repeatable:
        await repeats.keep(case, reply)
    if events:
        await repeats.notice(case, reply)


async def _answer_freely(case: Case) -> Answer:
    """The model's whole answer, or what stands in for it; raises TakenOver."""
    try:
        return await unless_taken_over(case.exchange.conversation_id, _stream_answer(case))
    except gateway.AnswerFailed as failure:
        approved = await _find_approved(case, failure)
        return _build_fallback(case, failure, approved)


async def _stream_answer(case: Case) -> Answer:
    """Shows the pieces while they arrive; raises AnswerFailed."""
    if case.sealed:
        note = gateway.Note("sealed", "refused", case.query.question, (case.sealed,))
        raise gateway.AnswerFailed(gateway.FailureReason.SEALED, notes=(note,))
    if case.site.approved_only:
        raise gateway.AnswerFailed(gateway.FailureReason.APPROVED_ONLY)
    if case.pauses.model or case.pauses.bot:
        raise gateway.AnswerFailed(gateway.FailureReason.PAUSED)
    if case.exchange.attempts > MAX_ATTEMPTS:
        raise gateway.AnswerFailed(gateway.FailureReason.CUT_OFF)
    if (known := await repeats.find_answer(case)) is not None:
        return known
    hub, conversation_id = get_hub(), case.exchange.conversation_id
    budget = build_site_budget(site=case.site, conversation_id=conversation_id, now=timezone.now())
    query = replace(case.query, budget=budget)
    stream = gateway.stream_answer(query=query, roster=case.roster)
    async with aclosing(stream) as pieces:
        async for piece in pieces:
            if isinstance(piece, gateway.Answer):
                return _build_model_answer(case, piece)
            hub.push(conversation_id, [_build_delta(case.exchange, piece)])
    raise gateway.AnswerFailed(gateway.FailureReason.EMPTY)


def _build_delta(exchange: Exchange, piece: gateway.Delta) -> Frame:
    return {
        "type": "delta",
        "exchange": str(exchange.pk),
        "index": piece.index,
        "text": piece.text,
    }


def _build_model_answer(case: Case, piece: gateway.Answer) -> Answer:
    """What the model said, or the handover it wanted: also when it asks back again and again."""
    if piece.guarded:
        fields = {"exchange": str(case.exchange.pk), "reasons": piece.guarded}
        logger.info("answer guarded", extra=fields)
    is_stuck = case.is_stuck and piece.action is gateway.Action.CLARIFY
    if is_stuck or piece.action is gateway.Action.HANDOFF:
        plan = build_handover(
            site=case.site,
            is_staffed=case.is_staffed,
            exchange_id=case.exchange.pk,
            reason=HandoffReason(piece.reason),
            source=Source.LLM,
        )
    else:
        plan = Answer(draft=_build_words(case, piece))
    return replace(
        plan,
        action=piece.action,
        sources=build_model_evidence(piece),
        guarded=[note.to_json() for note in piece.notes],
        model_call_id=piece.call_id,
        is_repeatable=repeats.may_repeat(piece),
    )


def _build_words(case: Case, piece: gateway.Answer) -> Draft:
    return Draft(
        sender=Sender.BOT,
        text=piece.text,
        source=Source.LLM,
        exchange_id=case.exchange.pk,
        sources=_build_links(find_shown(piece)),
    )


async def _find_approved(case: Case, failure: gateway.AnswerFailed) -> Approved | None:
    """What a person approved for this question, unless it was said just now."""
    if _is_silent(case, failure):
        return None
    approved = await _find_reply(
        base_id=case.site.knowledge_id,
        question=case.query.question,
        language=case.query.language,
        now=timezone.now(),
    )
    return approved if approved and approved.text != case.last_said else None


def _build_fallback(
    case: Case, failure: gateway.AnswerFailed, approved: Approved | None = None
) -> Answer:
    """An approved reply, else an article's words, else a person; never silence, never an echo."""
    sources = () if approved or _is_silent(case, failure) else case.query.sources
    quote = knowledge.quote(sources=sources, language=case.query.language)
    if quote is not None and quote.text == case.last_said:
        quote = None
    line = _find_line(case, failure)
    if line and line != case.last_said:
        plan = _build_line(case, line)
    elif approved is not None:
        plan = Answer(draft=_build_quote(case, approved.text, ()))
    elif quote is not None:
        plan = Answer(draft=_build_quote(case, quote.text, quote.sources))
    else:
        plan = _build_handover(case, failure)
    quoted = quote.sources if quote else ()
    return replace(
        plan,
        failure=":".join(filter(None, (failure.reason, failure.detail))),
        sources=build_fallback_evidence(case.query.sources, quoted, approved),
        guarded=[note.to_json() for note in failure.notes],
        model_call_id=failure.call_id,
    )


def _get_limit(case: Case, failure: gateway.AnswerFailed) -> str | None:
    """What the site gives at a limit, if it was one that kept the model from answering."""
    return case.site.at_limit if failure.reason == gateway.FailureReason.BUDGET else None


def _is_silent(case: Case, failure: gateway.AnswerFailed) -> bool:
    """Nothing is to be answered but by a person, or by the line that says so."""
    is_screened = failure.reason == gateway.FailureReason.SCREENED
    limited = _get_limit(case, failure) in {AtLimit.PERSON, AtLimit.LINE}
    return case.pauses.bot or is_screened or limited or failure.reason in _FOR_PEOPLE


def _find_line(case: Case, failure: gateway.AnswerFailed) -> str | None:
    """What stands in for an answer without taking anybody's time."""
    if failure.reason == gateway.FailureReason.SCREENED:
        return SCREENED_LINE
    return case.site.limit_line if _get_limit(case, failure) == AtLimit.LINE else None


def _build_quote(case: Case, text: str, sources: Sequence[gateway.Source]) -> Draft:
    return Draft(
        sender=Sender.BOT,
        text=text,
        source=Source.KNOWLEDGE,
        exchange_id=case.exchange.pk,
        sources=_build_links(sources),
    )


def _build_line(case: Case, line: str) -> Answer:
    """The bot goes on with rules alone, and says so: once, not twice in a row."""
    draft = Draft(
        sender=Sender.BOT,
        text=line,
        source=Source.FALLBACK,
        exchange_id=case.exchange.pk,
        options=(PERSON_REQUEST,),
    )
    return Answer(draft=draft)


def _build_handover(case: Case, failure: gateway.AnswerFailed) -> Answer:
    reason = _HANDOFF_REASONS.get(failure.reason, HandoffReason.TOOL_FAILURE)
    return build_handover(
        site=case.site, is_staffed=case.is_staffed, exchange_id=case.exchange.pk, reason=reason
    )


def _build_links(sources: Sequence[gateway.Source]) -> tuple[dict[str, str], ...]:
    """What the visitor may open; an article without an address is not shown."""
    return tuple({"title": source.title, "url": source.url} for source in sources if source.url)


_claim = in_patient_thread(log.claim_exchange)
_read_case = in_patient_thread(read_case)
_find_reply = in_patient_thread(find_reply)
_record = in_patient_thread(log.record_answer)
