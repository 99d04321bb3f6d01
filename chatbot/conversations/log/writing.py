"""Writes under the lock of the conversation's row: answers, handovers, thumbs, a person's verbs.

All or nothing, so that the numbers have no gaps and one question gets one answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from chatbot.conversations.events import Draft, LoggedEvent
from chatbot.conversations.log.entries import build_columns, number
from chatbot.conversations.log.turns import Answer, Moved, Opening, Resumption, Turn
from chatbot.conversations.messages import VisitorFeedback
from chatbot.conversations.models import (
    ApiKey,
    Conversation,
    Event,
    Exchange,
    Feedback,
    Kind,
    Sender,
    Site,
    Source,
    Status,
)
from chatbot.conversations.snapshots import Version, get_version
from llm_bridge import cache, suggestions

LEASE = timedelta(seconds=30)
SEEN_STEP = timedelta(hours=1)


def open_conversation(
    *,
    site: Site,
    now: datetime,
    language: str,
    verified: dict[str, Any],
    claimed: dict[str, Any],
    api_key: ApiKey | None = None,
) -> Conversation:
    return Conversation.objects.create(
        site_id=site.pk,  # not the site itself: thousands of open conversations would each keep one
        api_key=api_key,
        language=language,
        verified=verified,
        claimed=claimed,
        created_at=now,
        last_event_at=now,
        seen_at=now,
    )


def record_use(*, conversation: Conversation, now: datetime) -> None:
    """Notes to the hour that the conversation was used: a visitor's token lives from there."""
    if now - conversation.seen_at > SEEN_STEP:
        Conversation.objects.filter(pk=conversation.pk).update(seen_at=now)


def record_identity(*, conversation_id: UUID, verified: dict[str, Any]) -> None:
    """Who the visitor is now; whoever decides by who they were is told to look again."""
    mine = Conversation.objects.filter(pk=conversation_id)
    mine.update(verified=verified, revision=F("revision") + 1)


def record_locked(*, turn: Turn, opening: Opening, answer: Answer) -> list[LoggedEvent]:
    """One visitor message by which the bot hands the conversation over or ends it.

    Raises Moved when the conversation is no longer as the turn's snapshot saw it, or has this
    message already.
    """
    with _writing(turn.snapshot.conversation.pk) as conversation:
        _check_version(conversation, turn.snapshot.version)
        if Event.objects.filter(
            conversation=conversation, client_id=turn.question.client_id
        ).exists():
            raise Moved
        columns = build_columns(
            opening,
            None,
            conversation_id=conversation.pk,
            question_seq=conversation.last_seq + 1,
            at=turn.now,
        )
        exchange = Exchange(**columns)
        conversation.state = turn.state
        events = _append(conversation, [turn.question, *turn.notices], turn.now)
        events += _append_answer(conversation, exchange, answer, turn.now)
        exchange.save(force_insert=True)
        return events


def record_resumption(resumption: Resumption) -> list[LoggedEvent] | None:
    """What was decided with webhooks' answers; None if the exchange was settled meanwhile.

    Raises Moved when the conversation is no longer as the resumption's snapshot saw it.
    """
    exchange, now = resumption.exchange, resumption.now
    with _writing(exchange.conversation_id) as conversation:
        if not _is_pending(exchange.pk):
            return None
        _check_version(conversation, resumption.snapshot.version)
        conversation.state = resumption.state
        exchange.leased_until = now + LEASE
        events = _append(conversation, resumption.notices, now) if resumption.notices else []
        if resumption.answer:
            events += _append_answer(conversation, exchange, resumption.answer, now)
        exchange.save()
        return events


def record_calls(*, exchange_id: UUID, answers: list[dict[str, Any]], now: datetime) -> bool:
    """What webhooks answered so far, and a new lease; False if nobody waits for it any more."""
    pending = Exchange.objects.filter(pk=exchange_id, state=Exchange.State.PENDING)
    return bool(pending.update(answers=answers, leased_until=now + LEASE))


def record_answer(*, exchange_id: UUID, answer: Answer, now: datetime) -> list[LoggedEvent]:
    """The answer of a pending exchange; nothing if it was answered or discarded meanwhile."""
    exchange = Exchange.objects.get(pk=exchange_id)
    with _writing(exchange.conversation_id) as conversation:
        exchange.refresh_from_db()
        if exchange.state != Exchange.State.PENDING:
            return []
        events = _append_answer(conversation, exchange, answer, now)
        exchange.save()
        return events


def claim_exchange(*, exchange_id: UUID, now: datetime) -> Exchange | None:
    """The exchange, leased for LEASE to whoever gets it; None if it is held or settled."""
    free = Q(leased_until__isnull=True) | Q(leased_until__lt=now)
    claimed = Exchange.objects.filter(free, pk=exchange_id, state=Exchange.State.PENDING).update(
        leased_until=now + LEASE, attempts=F("attempts") + 1
    )
    if not claimed:
        return None
    return Exchange.objects.select_related("conversation__site").get(pk=exchange_id)


def record_feedback(
    *, conversation_id: UUID, feedback: VisitorFeedback, now: datetime
) -> list[LoggedEvent]:
    """A thumb on one of the conversation's own exchanges; raises Exchange.DoesNotExist."""
    with _writing(conversation_id) as conversation:
        exchange = Exchange.objects.get(pk=feedback.exchange_id, conversation=conversation)
        if exchange.answer_seq and exchange.answer_seq == _find_last_answer(conversation):
            is_rejected = feedback.rating == Feedback.Rating.DOWN
            conversation.state = {**conversation.state, "is_rejected": is_rejected}
        Feedback.objects.update_or_create(
            exchange=exchange,
            defaults={"rating": feedback.rating, "comment": feedback.comment, "at": now},
        )
        if feedback.rating == Feedback.Rating.DOWN:
            cache.forget(reference=exchange.cached_from or exchange.pk)
            suggestions.forget(reference=exchange.cached_from or exchange.pk)
        draft = Draft(
            kind=Kind.FEEDBACK,
            sender=Sender.VISITOR,
            text=feedback.comment,
            rating=feedback.rating,
            exchange_id=exchange.pk,
        )
        return _append(conversation, [draft], now)


@contextmanager
def changing(conversation_id: UUID) -> Iterator[Conversation]:
    """The locked row for a person's verbs (see `handover`), saved with what `append` adds."""
    with _writing(conversation_id) as conversation:
        yield conversation


def append(
    *, conversation: Conversation, drafts: Sequence[Draft], now: datetime
) -> list[LoggedEvent]:
    """More events of a conversation that the caller holds by `changing`."""
    return _append(conversation, drafts, now)


@contextmanager
def _writing(conversation_id: UUID) -> Iterator[Conversation]:
    """Holds the conversation's row; what the block changed on it is saved when it ends well."""
    with transaction.atomic():
        conversation = Conversation.objects.select_for_update().get(pk=conversation_id)
        before = conversation.last_seq, conversation.state
        yield conversation
        if (conversation.last_seq, conversation.state) != before:
            conversation.save()


def _check_version(conversation: Conversation, version: Version) -> None:
    if get_version(conversation) != version:
        raise Moved


def _append_answer(
    conversation: Conversation, exchange: Exchange, answer: Answer, now: datetime
) -> list[LoggedEvent]:
    exchange.state = Exchange.State.ANSWERED
    exchange.answer_seq = conversation.last_seq + 1
    exchange.answered_at = now
    exchange.leased_until = None
    exchange.source = answer.draft.source or ""
    exchange.failure = answer.failure
    exchange.action = answer.action
    exchange.sources = list(answer.sources)
    exchange.guarded = list(answer.guarded)
    exchange.model_call_id = answer.model_call_id
    exchange.cached_from = answer.cached_from
    drafts = [answer.draft]
    if answer.handover:
        exchange.handoff_reason = answer.handover.reason
        conversation.queue = answer.handover.queue
        conversation.handoff_reason = answer.handover.reason
        conversation.queued_at = now
        drafts.append(_build_status(Status.QUEUED, answer.draft.source))
    elif answer.closes:
        drafts.append(_build_status(Status.CLOSED, answer.draft.source))
    return _append(conversation, drafts, now, settled=exchange.pk)


def _build_status(status: Status, source: Source | None) -> Draft:
    return Draft(kind=Kind.STATUS, sender=Sender.SYSTEM, status=status, source=source)


def _append(
    conversation: Conversation,
    drafts: Sequence[Draft],
    now: datetime,
    *,
    settled: UUID | None = None,
) -> list[LoggedEvent]:
    events = []
    for draft in drafts:
        conversation.last_seq += 1
        seq = conversation.last_seq
        event = number(draft, conversation_id=conversation.pk, seq=seq, at=now)
        if draft.status:
            conversation.status = draft.status
            event.extra |= _discard(conversation, settled, now)
        events.append(event)
    conversation.last_event_at = now
    Event.objects.bulk_create([Event(**event.get_columns()) for event in events])
    return events


def _discard(conversation: Conversation, settled: UUID | None, now: datetime) -> dict[str, Any]:
    """Answers on their way end here when the bot no longer owns the conversation."""
    if conversation.status == Status.BOT:
        return {}
    pending = Exchange.objects.filter(conversation=conversation, state=Exchange.State.PENDING)
    others = pending.exclude(pk=settled) if settled else pending
    ids = list(others.order_by("question_seq").values_list("pk", flat=True))
    Exchange.objects.filter(pk__in=ids).update(
        state=Exchange.State.DISCARDED, leased_until=None, answered_at=now
    )
    return {"discarded": [str(pk) for pk in ids]} if ids else {}


def _is_pending(exchange_id: UUID) -> bool:
    return Exchange.objects.filter(pk=exchange_id, state=Exchange.State.PENDING).exists()


def _find_last_answer(conversation: Conversation) -> int | None:
    """The number of the newest answer to any question."""
    messages = Event.objects.filter(conversation=conversation, exchange__isnull=False)
    answers = messages.filter(kind=Kind.MESSAGE, sender__in=[Sender.BOT, Sender.SYSTEM])
    return answers.order_by("-seq").values_list("seq", flat=True).first()
