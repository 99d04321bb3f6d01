"""Asks the demo shop in this process: the whole hybrid, and the model alone for the same case."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from uuid import UUID

from django.utils import timezone

from chatbot.conversations import log, turn
from chatbot.conversations.cases import Case, read_case
from chatbot.conversations.ids import build_id
from chatbot.conversations.messages import VisitorMessage
from chatbot.conversations.models import Event, Exchange, Source
from chatbot.conversations.sites import get_default_site
from chatbot.conversations.threads import in_thread
from llm_bridge import gateway
from llm_bridge.guards.policy import NO_GUARDS

SECONDS = 120.0
# A small model on a busy machine may take its time: here it is judged for what it says.
PATIENT = gateway.Limits(total=110, first_token=100)


@dataclass(frozen=True, slots=True)
class Said:
    """What came back: a text, and what it comes from."""

    text: str
    by_model: bool
    why: str


async def ask_hybrid(text: str) -> tuple[Said, Case]:
    """A new visitor's message through rules, model and guards, as the widget would show it."""
    conversation_id = await _open()
    message = VisitorMessage(client_id=build_id(), text=text)
    receipt = await turn.take_message(conversation_id=conversation_id, message=message)
    exchange_id = receipt.question.exchange_id
    assert exchange_id is not None
    async with asyncio.timeout(SECONDS):
        while (said := await _find_answer(exchange_id)) is None:  # noqa: ASYNC110 - a database
            await asyncio.sleep(0.05)
    return said, await _read(exchange_id)


async def ask_model(case: Case) -> Said:
    """The same case, past the rules and with every guard off: what the model says by itself."""
    query = replace(case.query, guards=NO_GUARDS, seal=None)
    try:
        async for piece in gateway.stream_answer(query=query, roster=case.roster, limits=PATIENT):
            if isinstance(piece, gateway.Answer):
                return Said(piece.text, True, piece.action)
    except gateway.AnswerFailed as failure:
        return Said("", False, failure.reason)
    return Said("", False, "")


def _open_here() -> UUID:
    conversation = log.open_conversation(
        site=get_default_site(), now=timezone.now(), language="en", verified={}, claimed={}
    )
    return conversation.pk


def _find_answer_here(exchange_id: UUID) -> Said | None:
    exchange = Exchange.objects.get(pk=exchange_id)
    if exchange.state == Exchange.State.PENDING:
        return None
    events = Event.objects.filter(exchange=exchange_id).exclude(sender="visitor").order_by("seq")
    text = "\n".join(events.values_list("text", flat=True))
    by_model = exchange.source in {Source.LLM, Source.CACHE} and not exchange.handoff_reason
    return Said(text, by_model, exchange.failure or exchange.handoff_reason or exchange.source)


def _read_here(exchange_id: UUID) -> Case:
    return read_case(Exchange.objects.select_related("conversation__site").get(pk=exchange_id))


_open = in_thread(_open_here)
_find_answer = in_thread(_find_answer_here)
_read = in_thread(_read_here)
