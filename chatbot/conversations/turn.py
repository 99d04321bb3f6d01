"""The turn: one visitor message, from the door to the log and back. Reading starts here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter_ns
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from chatbot.conversations import dispatch, log
from chatbot.conversations.delivery import push_events
from chatbot.conversations.events import Draft, LoggedEvent
from chatbot.conversations.facts import build_situation
from chatbot.conversations.ids import build_id
from chatbot.conversations.memory import recall
from chatbot.conversations.messages import VisitorMessage
from chatbot.conversations.models import Conversation, Sender, Status
from chatbot.conversations.order import hold
from chatbot.conversations.outcome import BOT_PAUSED, NO_RELEASE, build_outcome
from chatbot.conversations.snapshots import Snapshot
from chatbot.conversations.state import parse_state
from chatbot.conversations.surroundings import look
from chatbot.conversations.threads import in_thread
from rules.decision import SEMANTICS, Decision, Situation
from rules.releases import Live, Served
from rules.sampling import decide_checked

MAX_TRIES = 20
PAUSE = 0.005  # seconds more before each further try, while somebody holds the conversation


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The stored question, its answer if it has one already, and whether it was new."""

    question: LoggedEvent
    answer: LoggedEvent | None
    is_new: bool


async def take_message(
    *,
    conversation_id: UUID,
    message: VisitorMessage,
    clock: Callable[[], datetime] = timezone.now,
) -> Receipt:
    """Takes one message: stored, decided, answered by rule or sent on, and told to who listens.

    The same `client_id` again stores nothing and gets the stored question and answer. Raises
    what `log.record_turn` raises, log.Closed, and Conversation.DoesNotExist.
    """
    async with hold(conversation_id):
        return await _take(conversation_id, message, clock)


async def _take(
    conversation_id: UUID, message: VisitorMessage, clock: Callable[[], datetime]
) -> Receipt:
    for tries in range(MAX_TRIES):
        if tries > 1:
            await asyncio.sleep(PAUSE * tries)
        conversation = recall(conversation_id)
        if conversation is None:
            conversation, stored = await _read(conversation_id, message.client_id)
            if stored:
                if tries:  # perhaps by this very turn, whose commit nobody heard of
                    await _go_on(stored)
                return _build_receipt(stored, is_new=False)
        if conversation.status == Status.CLOSED:
            raise log.Closed
        turn = await _build_turn(conversation, message, clock())
        try:
            events = await log.record_turn(turn)
        except log.Moved:  # Another message or a person was faster: look again, decide again.
            continue
        await _go_on(events)
        return _build_receipt(_pick(turn, events), is_new=True)
    raise log.Moved


async def _go_on(events: Sequence[LoggedEvent]) -> None:
    """After the commit: everybody is told, and a question without an answer is sent on."""
    question, *others = events
    push_events(question.conversation_id, events)
    exchange_id = question.exchange_id
    if exchange_id and not any(event.exchange_id == exchange_id for event in others):
        await dispatch.start(exchange_id)


async def _build_turn(
    conversation: Conversation, message: VisitorMessage, now: datetime
) -> log.Turn:
    around = await look(site_id=conversation.site_id, now=now)
    snapshot = Snapshot(
        conversation=conversation, site=around.site, agents_online=around.agents_online
    )
    if conversation.is_with_person:
        return _build_note(snapshot, message, now)
    return _decide(snapshot, around.served, message, now)


def _build_note(snapshot: Snapshot, message: VisitorMessage, now: datetime) -> log.Turn:
    """While a person owns the conversation a message is only recorded."""
    return log.Turn(snapshot=snapshot, question=_build_question(message), now=now)


def _decide(snapshot: Snapshot, served: Served, message: VisitorMessage, now: datetime) -> log.Turn:
    """Facts, decision, outcome: pure, but for the clock that times it."""
    started = perf_counter_ns()
    state = parse_state(snapshot.conversation.state).hear(message.text)
    situation = build_situation(snapshot=snapshot, state=state, text=message.text, now=now)
    live = None if served.wanted.pauses.bot else served.live
    exchange_id = build_id()
    decision = _decide_by(live, situation, exchange_id) if live else _find_silence(served)
    outcome = build_outcome(
        snapshot=snapshot, exchange_id=exchange_id, text=message.text, decision=decision
    )
    return log.Turn(
        snapshot=snapshot,
        question=_build_question(message, exchange_id=exchange_id),
        exchange=_build_opening(
            exchange_id, situation, live, decision, decide_us=(perf_counter_ns() - started) // 1000
        ),
        notices=outcome.notices,
        answer=outcome.answer,
        state=(state.settle(decision) if live else state).to_json(),
        now=now,
    )


def _decide_by(live: Live, situation: Situation, exchange_id: UUID) -> Decision:
    """What the live rules say; of a sample of turns both evaluators are asked."""
    return decide_checked(
        live.evaluator,
        situation,
        exchange_id=exchange_id,
        release_id=live.release_id,
        per_cent=settings.ENVIRONMENT.differential_sample,
    )


def _find_silence(served: Served) -> Decision:
    """Why no rule is asked."""
    return BOT_PAUSED if served.wanted.pauses.bot else NO_RELEASE


def _build_question(message: VisitorMessage, exchange_id: UUID | None = None) -> Draft:
    return Draft(
        sender=Sender.VISITOR,
        text=message.text,
        client_id=message.client_id,
        exchange_id=exchange_id,
        quotes=tuple({"role": quote.role, "text": quote.text} for quote in message.quotes),
    )


def _build_opening(
    exchange_id: UUID,
    situation: Situation,
    live: Live | None,
    decision: Decision,
    *,
    decide_us: int,
) -> log.Opening:
    return log.Opening(
        id=exchange_id,
        facts=situation.facts,
        asked=situation.asked.to_json() if situation.asked else None,
        release_id=live.release_id if live else None,
        engine=live.evaluator.name if live else "",
        paused=list(live.paused_rules) if live else [],
        semantics=SEMANTICS,
        rule=decision.rule or "",
        reason=decision.reason,
        decide_us=decide_us,
    )


def _read_here(conversation_id: UUID, client_id: UUID) -> tuple[Conversation, list[LoggedEvent]]:
    """The conversation, and what this message stored if it came before."""
    conversation = Conversation.objects.get(pk=conversation_id)
    return conversation, log.find_stored(conversation_id=conversation_id, client_id=client_id)


_read = in_thread(_read_here)


def _pick(turn: log.Turn, events: list[LoggedEvent]) -> list[LoggedEvent]:
    """The question, then its answer if it has one."""
    place = 1 + len(turn.notices)
    return [events[0], *events[place : place + 1]] if turn.answer else events[:1]


def _build_receipt(events: Sequence[LoggedEvent], *, is_new: bool) -> Receipt:
    return Receipt(question=events[0], answer=events[1] if len(events) > 1 else None, is_new=is_new)
