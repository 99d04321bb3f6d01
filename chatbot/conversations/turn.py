"""The turn: one visitor message, from the door to the log and back. Reading starts here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter_ns
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from chatbot.conversations import dispatch, log
from chatbot.conversations.delivery import push_events
from chatbot.conversations.events import Draft
from chatbot.conversations.facts import build_situation
from chatbot.conversations.messages import VisitorMessage
from chatbot.conversations.models import Event, Exchange, Sender, Status
from chatbot.conversations.order import hold
from chatbot.conversations.outcome import BOT_PAUSED, NO_RELEASE, build_outcome
from chatbot.conversations.snapshots import Snapshot, read_snapshot
from chatbot.conversations.state import parse_state
from chatbot.conversations.threads import in_thread
from rules.decision import SEMANTICS, Decision, Situation
from rules.releases import Live, Served, get_served
from rules.sampling import decide_checked

MAX_TRIES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The stored question, its answer if it has one already, and whether it was new."""

    question: Event
    answer: Event | None
    is_new: bool


async def take_message(
    *,
    conversation_id: UUID,
    message: VisitorMessage,
    clock: Callable[[], datetime] = timezone.now,
) -> Receipt:
    """Takes one message: stored, decided, answered by rule or sent on, and told to who listens.

    The same `client_id` again stores nothing and gets the stored question and answer. Raises
    log.Closed, Conversation.DoesNotExist, and log.Moved if the conversation never held still.
    """
    async with hold(conversation_id):
        return await _take(conversation_id, message, clock)


async def _take(
    conversation_id: UUID, message: VisitorMessage, clock: Callable[[], datetime]
) -> Receipt:
    for _ in range(MAX_TRIES):
        now = clock()
        snapshot, served = await _read(conversation_id, message.client_id, now)
        if snapshot.stored:
            return _build_receipt(snapshot.stored, is_new=False)
        if snapshot.conversation.status == Status.CLOSED:
            raise log.Closed
        if snapshot.conversation.is_with_person:
            turn = _build_note(snapshot, message, now)
        else:
            turn = _decide(snapshot, served, message, now)
        try:
            events = await _record(turn)
        except log.Moved:  # Another message or a person was faster: look again, decide again.
            continue
        await push_events(conversation_id, events)
        if turn.exchange and not turn.answer:
            await dispatch.start(turn.exchange.pk)
        return _build_receipt(_pick(turn, events), is_new=True)
    raise log.Moved


def _build_note(snapshot: Snapshot, message: VisitorMessage, now: datetime) -> log.Turn:
    """While a person owns the conversation a message is only recorded."""
    return log.Turn(snapshot=snapshot, question=_build_question(message), now=now)


def _decide(snapshot: Snapshot, served: Served, message: VisitorMessage, now: datetime) -> log.Turn:
    """Facts, decision, outcome: pure, but for the clock that times it."""
    started = perf_counter_ns()
    state = parse_state(snapshot.conversation.state).hear(message.text)
    situation = build_situation(snapshot=snapshot, state=state, text=message.text, now=now)
    live = None if served.wanted.pauses.bot else served.live
    exchange = _build_exchange(snapshot, situation, live, now)
    decision = _decide_by(live, situation, exchange.pk) if live else _find_silence(served)
    exchange.rule, exchange.reason = decision.rule or "", decision.reason
    outcome = build_outcome(
        snapshot=snapshot, exchange_id=exchange.pk, text=message.text, decision=decision
    )
    exchange.decide_us = (perf_counter_ns() - started) // 1000
    return log.Turn(
        snapshot=snapshot,
        question=_build_question(message, exchange_id=exchange.pk),
        exchange=exchange,
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
    )


def _build_exchange(
    snapshot: Snapshot, situation: Situation, live: Live | None, now: datetime
) -> Exchange:
    """Everything that the reasons are derived from again."""
    return Exchange(
        conversation=snapshot.conversation,
        state=Exchange.State.PENDING,
        facts=dict(situation.facts),
        asked=situation.asked.to_json() if situation.asked else None,
        release_id=live.release_id if live else None,
        engine=live.evaluator.name if live else "",
        paused=list(live.paused_rules) if live else [],
        semantics=SEMANTICS,
        created_at=now,
    )


def _read_here(conversation_id: UUID, client_id: UUID, now: datetime) -> tuple[Snapshot, Served]:
    snapshot = read_snapshot(conversation_id=conversation_id, client_id=client_id, now=now)
    return snapshot, get_served(rulebook_id=snapshot.site.rulebook_id)


# One hop to a database thread of its own: nobody waits for another visitor's query.
_read = in_thread(_read_here)
_record = in_thread(log.record_turn)


def _pick(turn: log.Turn, events: list[Event]) -> list[Event]:
    answered = turn.exchange.answer_seq if turn.exchange else None
    return [events[0], *(event for event in events if event.seq == answered)]


def _build_receipt(events: Sequence[Event], *, is_new: bool) -> Receipt:
    return Receipt(question=events[0], answer=events[1] if len(events) > 1 else None, is_new=is_new)
