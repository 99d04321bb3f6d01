"""What rules leave: webhooks, then the model, else an article, else a person."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import replace
from uuid import UUID

from django.utils import timezone

from chatbot.conversations import log
from chatbot.conversations.cases import Case, read_case
from chatbot.conversations.delivery import get_hub, push_events
from chatbot.conversations.events import Draft, Frame
from chatbot.conversations.log import Answer
from chatbot.conversations.models import Exchange, HandoffReason, Sender, Source
from chatbot.conversations.outcome import build_handover
from chatbot.conversations.resumption import resume
from chatbot.conversations.takeover import TakenOver, unless_taken_over
from chatbot.conversations.threads import in_thread
from llm_bridge import gateway, knowledge
from rules.decision import Reason

MAX_ATTEMPTS = 3


async def answer(exchange_id: UUID) -> None:
    """Answers one pending exchange, once however often it is called and whoever calls it."""
    exchange = await _claim(exchange_id=exchange_id, now=timezone.now())
    if exchange is None:
        return
    try:
        if exchange.reason == Reason.CALLING and not await resume(exchange):
            return
        reply = await _answer_freely(await _read_case(exchange))
    except TakenOver:
        return
    events = await _record(exchange_id=exchange_id, answer=reply, now=timezone.now())
    push_events(exchange.conversation_id, events)


async def _answer_freely(case: Case) -> Answer:
    """The model's whole answer, or what stands in for it; raises TakenOver."""
    try:
        return await unless_taken_over(case.exchange.conversation_id, _stream_answer(case))
    except gateway.AnswerFailed as failure:
        return _build_fallback(case, failure)


async def _stream_answer(case: Case) -> Answer:
    """Shows the pieces while they arrive; raises AnswerFailed."""
    if case.pauses.model or case.pauses.bot:
        raise gateway.AnswerFailed(gateway.FailureReason.PAUSED)
    if case.exchange.attempts > MAX_ATTEMPTS:
        raise gateway.AnswerFailed(gateway.FailureReason.CUT_OFF)
    hub, conversation_id = get_hub(), case.exchange.conversation_id
    stream = gateway.stream_answer(query=case.query, roster=case.roster)
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
    draft = Draft(
        sender=Sender.BOT,
        text=piece.text,
        source=Source.LLM,
        exchange_id=case.exchange.pk,
        sources=_build_links(case.query.sources),
    )
    return Answer(draft=draft, sources=_build_evidence(case), model_call_id=piece.call_id)


def _build_fallback(case: Case, failure: gateway.AnswerFailed) -> Answer:
    """An approved text from the knowledge base, else a person; never silence, never an echo."""
    sources = () if case.pauses.bot else case.query.sources
    quote = knowledge.quote(sources=sources, language=case.query.language)
    if quote is not None and quote.text == case.last_said:
        quote = None
    if quote is None:
        plan = _build_handover(case, failure)
    else:
        draft = Draft(
            sender=Sender.BOT,
            text=quote.text,
            source=Source.KNOWLEDGE,
            exchange_id=case.exchange.pk,
            sources=_build_links(quote.sources),
        )
        plan = Answer(draft=draft)
    return replace(
        plan,
        failure=failure.reason,
        sources=_build_evidence(case, quoted=quote.sources if quote else ()),
        model_call_id=failure.call_id,
    )


def _build_handover(case: Case, failure: gateway.AnswerFailed) -> Answer:
    reason = HandoffReason.TOOL_FAILURE
    if failure.reason == gateway.FailureReason.NOT_CONFIGURED:
        reason = HandoffReason.MISSING_KNOWLEDGE
    if failure.reason == gateway.FailureReason.PAUSED:
        reason = HandoffReason.POLICY_RESTRICTION
    return build_handover(
        site=case.site, is_staffed=case.is_staffed, exchange_id=case.exchange.pk, reason=reason
    )


def _build_links(sources: Sequence[gateway.Source]) -> tuple[dict[str, str], ...]:
    """What the visitor may open; an article without an address is not shown."""
    return tuple({"title": source.title, "url": source.url} for source in sources if source.url)


def _build_evidence(
    case: Case, quoted: Sequence[gateway.Source] | None = None
) -> list[dict[str, object]]:
    """Every article found. What a model really used is not known: its `used` is null."""
    used = None if quoted is None else {source.article_id for source in quoted}
    return [
        {
            "article": source.article_id,
            "title": source.title,
            "url": source.url,
            "score": round(source.score, 3),
            "used": None if used is None else source.article_id in used,
        }
        for source in case.query.sources
    ]


_claim = in_thread(log.claim_exchange)
_read_case = in_thread(read_case)
_record = in_thread(log.record_answer)
