"""What holds for every log at every moment: numbers without gaps, and one answer per question."""

from __future__ import annotations

from uuid import UUID

from chatbot.conversations.models import Conversation, Event, Exchange, Kind, Sender, Status
from chatbot.conversations.outcome import MAX_MESSAGES

BOT = {Sender.BOT, Sender.SYSTEM}


def check_log(conversation_id: UUID | str) -> list[Event]:
    """The events of a conversation that keeps every promise; fails otherwise."""
    events = list(Event.objects.filter(conversation_id=conversation_id).order_by("seq"))
    conversation = Conversation.objects.get(pk=conversation_id)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert conversation.last_seq == len(events)
    for exchange in Exchange.objects.filter(conversation=conversation):
        _check_exchange(exchange, events)
    _check_silence(events)
    _check_modesty(events)
    return events


def _check_exchange(exchange: Exchange, events: list[Event]) -> None:
    mine = [event for event in events if event.exchange_id == exchange.pk]
    messages = [event for event in mine if event.kind == Kind.MESSAGE]
    questions = [event.seq for event in messages if event.sender == Sender.VISITOR]
    answers = [event.seq for event in messages if event.sender in BOT]
    discards = [event for event in events if str(exchange.pk) in event.extra.get("discarded", [])]
    is_answered = exchange.state == Exchange.State.ANSWERED
    assert questions == [exchange.question_seq]
    assert answers == ([exchange.answer_seq] if is_answered else [])
    assert len(discards) == (1 if exchange.state == Exchange.State.DISCARDED else 0)
    # Once a person has it, or it is closed, nothing is on its way any more.
    assert exchange.state != Exchange.State.PENDING or exchange.conversation.status == Status.BOT


def _check_silence(events: list[Event]) -> None:
    """While the bot does not own the conversation it says nothing and opens no exchange."""
    owner = Status.BOT
    for event in events:
        if event.kind == Kind.STATUS:
            owner = Status(event.extra["status"])
        elif event.kind == Kind.MESSAGE and owner != Status.BOT:
            assert event.sender not in BOT
            assert event.exchange_id is None


def _check_modesty(events: list[Event]) -> None:
    """The bot never answers itself: all it says is owed to something the visitor said before."""
    heard = said = 0
    for event in events:
        if event.kind == Kind.MESSAGE:
            heard += event.sender == Sender.VISITOR
            said += event.sender in BOT
            assert said <= MAX_MESSAGES * heard
