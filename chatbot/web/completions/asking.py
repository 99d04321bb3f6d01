"""One call is one exchange: the question goes through the turn, its answer is followed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from chatbot.conversations import log, turn
from chatbot.conversations.delivery import Subscription, get_hub
from chatbot.conversations.events import Frame, LoggedEvent
from chatbot.conversations.models import (
    Event,
    Exchange,
    Kind,
    Sender,
    Site,
    Source,
)
from chatbot.conversations.provenance import Provenance, read_provenance
from chatbot.conversations.snapshots import count_agents_online
from chatbot.conversations.threads import in_thread
from chatbot.conversations.unbroken import unbroken
from chatbot.web.completions.failures import Failure
from chatbot.web.completions.keyholder import Keyholder, find_conversation
from chatbot.web.completions.request import Request
from chatbot.web.rates.allowance import get_allowance
from chatbot.web.waiting import settles

PATIENCE = 55.0  # seconds for an answer: proxies commonly give up after 60
QUIET = 5.0  # seconds without a word until the log is asked: what is told may be lost on the way


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A stored question, and where its answer will be heard of."""

    question: LoggedEvent
    answer: LoggedEvent | None
    site: Site
    subscription: Subscription


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What the client is told in the end."""

    text: str
    source: str
    exchange_id: UUID | None
    conversation_id: UUID
    provenance: Provenance = field(default_factory=Provenance)


@asynccontextmanager
async def asking(keyholder: Keyholder, request: Request) -> AsyncIterator[Asked]:
    """Stores the question as any other door does; raises what the turn raises, and Limited."""
    caller, allowance = keyholder.caller, get_allowance()
    conversation = await find_conversation(keyholder, request)
    allowance.take("messages", caller)
    async with get_hub().subscribe(conversation.pk) as subscription:
        receipt = await unbroken(
            turn.take_message(conversation_id=conversation.pk, message=request.message)
        )
        if not receipt.is_new:
            allowance.give_back("messages", caller)
        yield Asked(
            question=receipt.question,
            answer=receipt.answer,
            site=keyholder.site,
            subscription=subscription,
        )


async def follow(asked: Asked) -> AsyncGenerator[str, None]:
    """The pieces of the answer as they are released, empty ones while nothing is heard.

    Ends when the exchange is settled. Once a piece is missing or the model begins anew, the rest
    is left to the stored answer. Raises Failure when there is no answer in PATIENCE seconds.
    """
    exchange_id = asked.question.exchange_id
    if asked.answer is not None or exchange_id is None:
        return
    clock = asyncio.get_running_loop().time
    until, index = clock() + PATIENCE, 0
    while (left := until - clock()) > 0:
        frame = await _hear(asked.subscription, min(QUIET, left))
        if frame is None or asked.subscription.lagging:
            asked.subscription.lagging = False
            if await _is_settled(exchange_id):
                return
            yield ""
        elif settles(frame, str(exchange_id)):
            return
        elif frame["type"] == "delta" and frame["exchange"] == str(exchange_id):
            if frame["index"] == index:
                index += 1
                yield frame["text"]
            else:
                index = -1  # no number fits any more
    raise _build_late(asked.question)


async def find_answer(asked: Asked) -> Answered:
    """The stored answer; where a person has the conversation, what there is to say of that."""
    return await _read_answer(asked, timezone.now())


async def _hear(subscription: Subscription, seconds: float) -> Frame | None:
    try:
        async with asyncio.timeout(seconds):
            return await subscription.take_one()
    except TimeoutError:
        return None


@in_thread
def _is_settled(exchange_id: UUID) -> bool:
    pending = Exchange.objects.filter(pk=exchange_id, state=Exchange.State.PENDING)
    return not pending.exists()


def _build_late(question: LoggedEvent) -> Failure:
    return Failure(
        504,
        "There is no answer yet. It will be stored in the conversation; ask again there with the "
        "same metadata.client_id.",
        code="answer_pending",
        exchange=str(question.exchange_id),
        conversation=str(question.conversation_id),
    )


@in_thread
def _read_answer(asked: Asked, now: datetime) -> Answered:
    question, answer = asked.question, asked.answer
    if question.exchange_id is None:
        return _read_colleague(asked, now)
    if answer is None:
        found = log.find_answer(
            conversation_id=question.conversation_id, exchange_id=question.exchange_id
        )
        answer = next(iter(found), None)
    provenance = read_provenance(exchange_id=question.exchange_id)
    if answer is None:  # a person took over: it will never come
        return _build_line(asked, now, provenance)
    return Answered(
        text=answer.text,
        source=answer.source or Source.FALLBACK,
        exchange_id=question.exchange_id,
        conversation_id=question.conversation_id,
        provenance=provenance,
    )


def _read_colleague(asked: Asked, now: datetime) -> Answered:
    """What the team wrote since the question before this one, else that somebody will."""
    texts = _find_colleague(asked.question)
    if not texts:
        return _build_line(asked, now)
    return Answered(
        text="\n\n".join(texts),
        source=Source.AGENT,
        exchange_id=None,
        conversation_id=asked.question.conversation_id,
    )


def _find_colleague(question: LoggedEvent) -> list[str]:
    earlier = Event.objects.filter(
        conversation_id=question.conversation_id, seq__lt=question.seq, kind=Kind.MESSAGE
    )
    asked_before = earlier.filter(sender=Sender.VISITOR).order_by("-seq").values("seq")[:1]
    since = earlier.filter(sender=Sender.AGENT, seq__gt=asked_before).order_by("-seq")
    return list(since.values_list("text", flat=True)[:20])[::-1]


def _build_line(asked: Asked, now: datetime, provenance: Provenance | None = None) -> Answered:
    """The site's own words for it; read anew, for they depend on who is there."""
    site = asked.site
    line = site.handover_line if count_agents_online(now=now) else site.away_line
    return Answered(
        text=line,
        source=Source.FALLBACK,
        exchange_id=asked.question.exchange_id,
        conversation_id=asked.question.conversation_id,
        provenance=provenance or Provenance(),
    )
