"""The turn that waits: asks the webhooks that its rules call, and decides on with the answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from time import perf_counter_ns

from django.utils import timezone

from chatbot.conversations import log
from chatbot.conversations.delivery import push_events
from chatbot.conversations.models import Exchange
from chatbot.conversations.outcome import BOT_PAUSED, build_outcome
from chatbot.conversations.reasons import build_question, get_evaluator
from chatbot.conversations.snapshots import Snapshot, read_snapshot
from chatbot.conversations.state import State, parse_state
from chatbot.conversations.takeover import unless_taken_over
from chatbot.conversations.threads import in_thread
from chatbot.conversations.webhooks.calling import (
    Called,
    build_failure,
    call,
    digest_facts,
    find_called,
    parse_called,
)
from rules.decision import Decision, Scalar, Situation, decide
from rules.evaluator import Evaluator
from rules.releases import find_pauses

MAX_ATTEMPTS = 3
MAX_TRIES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A waiting turn as it stands now: what it asked then, and what the conversation became."""

    exchange: Exchange
    snapshot: Snapshot
    evaluator: Evaluator
    then: Situation
    is_paused: bool  # somebody stopped the bot meanwhile

    @property
    def state(self) -> State:
        return parse_state(self.snapshot.conversation.state)

    @property
    def is_passed(self) -> bool:
        """Whether the visitor has said more since."""
        return self.state.turn != self.then.facts.get("turn")

    def find_news(self) -> dict[str, Scalar]:
        """The slots that others filled since this turn was stored: they are newer than it."""
        return self.state.find_news(decide(self.evaluator, self.then).slots)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A decision with the situation and the answers that it rests on."""

    decision: Decision
    situation: Situation
    used: Sequence[Called]


async def resume(exchange: Exchange) -> bool:
    """Makes the calls a claimed exchange waits for and records what follows.

    True when it now goes on to the model, False when it has its answer or needs none any more.
    Raises TakenOver as soon as a person speaks.
    """
    called = [parse_called(value) for value in exchange.answers]
    for _ in range(MAX_TRIES):
        waiting = await _read(exchange=exchange, now=timezone.now())
        started = perf_counter_ns()
        result = decide_with(waiting, called)
        taken = (perf_counter_ns() - started) // 1000
        if result.decision.call is not None:
            called.append(await _call(waiting, result.decision))
            answers = [each.to_json() for each in called]
            if not await _record_calls(
                exchange_id=exchange.pk, answers=answers, now=timezone.now()
            ):
                return False
            continue
        try:
            events = await _record(_build(waiting, result, called, decide_us=taken))
        except log.Moved:  # Somebody was faster: look again, decide again.
            continue
        push_events(exchange.conversation_id, events or [])
        return events is not None and exchange.state == Exchange.State.PENDING
    raise log.Moved


def decide_with(waiting: Waiting, called: Sequence[Called]) -> Result:
    """Decides with the slots of now, and with each answer in hand to the very question asked."""
    if waiting.is_paused:
        return Result(decision=BOT_PAUSED, situation=waiting.then, used=())
    news = {f"slot.{name}": value for name, value in waiting.find_news().items()}
    situation = replace(waiting.then, facts={**waiting.then.facts, **news})
    decision = decide(waiting.evaluator, situation)
    used: list[Called] = []
    while decision.call is not None:
        sent = digest_facts(decision.sent)
        found = find_called(called, webhook=decision.call, sent=sent)
        if found is None:
            break
        used.append(found)
        situation = replace(situation, answers={**situation.answers, decision.call: found.facts})
        decision = decide(waiting.evaluator, situation)
    return Result(decision=decision, situation=situation, used=used)


async def _call(waiting: Waiting, decision: Decision) -> Called:
    """The answer of the webhook that a decision waits for; none after too many broken tries."""
    webhook = waiting.evaluator.rulebook.webhooks[str(decision.call)]
    if waiting.exchange.attempts > MAX_ATTEMPTS:
        sent = digest_facts(decision.sent)
        return build_failure(webhook=webhook.name, sent=sent, code="not_called")
    asking = call(webhook=webhook, exchange=waiting.exchange, facts=decision.sent)
    return await unless_taken_over(waiting.exchange.conversation_id, asking)


def _build(
    waiting: Waiting, result: Result, called: Sequence[Called], *, decide_us: int
) -> log.Resumption:
    exchange, decision = waiting.exchange, result.decision
    outcome = build_outcome(
        snapshot=waiting.snapshot,
        exchange_id=exchange.pk,
        text=waiting.then.text,
        decision=decision,
    )
    if waiting.is_paused:
        exchange.release = None
    exchange.facts = dict(result.situation.facts)
    exchange.answers = _build_answers(result.used, called)
    exchange.rule, exchange.reason = decision.rule or "", decision.reason
    exchange.decide_us += decide_us
    return log.Resumption(
        snapshot=waiting.snapshot,
        exchange=exchange,
        notices=outcome.notices,
        answer=outcome.answer,
        state=_build_state(waiting, decision).to_json(),
        now=timezone.now(),
    )


def _build_answers(used: Sequence[Called], called: Sequence[Called]) -> list[dict[str, object]]:
    """Every call made; those that the decision does not rest on say so and come first."""
    unused = [{**each.to_json(), "unused": True} for each in called if each not in used]
    return [*unused, *(each.to_json() for each in used)]


def _build_state(waiting: Waiting, decision: Decision) -> State:
    """What the decision leaves behind, but nothing that is older than what was said since."""
    state = waiting.state
    if waiting.is_paused:
        return state
    settled = state.settle(decision)
    asked = settled.asked or (state.asked if waiting.is_passed else None)
    return replace(settled, asked=asked, slots={**decision.slots, **waiting.find_news()})


def _read_here(*, exchange: Exchange, now: datetime) -> Waiting:
    snapshot = read_snapshot(conversation_id=exchange.conversation_id, now=now)
    return Waiting(
        exchange=exchange,
        snapshot=snapshot,
        is_paused=find_pauses(rulebook_id=snapshot.site.rulebook_id).bot,
        evaluator=get_evaluator(exchange),
        then=build_question(exchange),
    )


_read = in_thread(_read_here)
_record = in_thread(log.record_resumption)
_record_calls = in_thread(log.record_calls)
