"""A person's verbs: claim, reply, hand back, close; the bot is silent from the first of them on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import User
from django.utils import timezone

from chatbot.conversations import log
from chatbot.conversations.delivery import push_events_from_thread
from chatbot.conversations.events import Draft, LoggedEvent
from chatbot.conversations.models import (
    Conversation,
    Kind,
    Presence,
    Sender,
    Source,
    Status,
)
from chatbot.conversations.state import parse_state

MAX_REPLY = 4_000


class Refused(Exception):
    """What the person asked for cannot be done now; the text says why."""


def claim(*, conversation_id: UUID, user: User) -> list[LoggedEvent]:
    """Makes the conversation the user's own; of two at once one wins, the other is told."""
    return _change(conversation_id, lambda conversation: _take(conversation, user))


def reply(*, conversation_id: UUID, user: User, text: str, token: UUID) -> list[LoggedEvent]:
    """The person's words to the visitor; an unclaimed conversation is claimed first.

    The same `token` again stores nothing, whatever was said since: a reply that nobody knows to
    have arrived can always be sent again.
    """
    text = _check_text(text)

    def build_drafts(conversation: Conversation) -> list[Draft]:
        if log.find_stored(conversation_id=conversation.pk, client_id=token):
            return []
        return [*_take(conversation, user), _build_reply(user, text, token)]

    return _change(conversation_id, build_drafts)


def hand_back(*, conversation_id: UUID, user: User) -> list[LoggedEvent]:
    """Gives the conversation back to the bot."""

    def build_drafts(conversation: Conversation) -> list[Draft]:
        _check_owner(conversation, user)
        if not conversation.is_with_person:
            raise Refused("The bot has this conversation already.")
        conversation.state = parse_state(conversation.state).hand_back().to_json()
        return _release(conversation, Status.BOT)

    return _change(conversation_id, build_drafts)


def close(*, conversation_id: UUID, user: User) -> list[LoggedEvent]:
    """Ends the conversation for both sides."""

    def build_drafts(conversation: Conversation) -> list[Draft]:
        _check_owner(conversation, user)
        if conversation.status == Status.CLOSED:
            raise Refused("This conversation is closed already.")
        return _release(conversation, Status.CLOSED)

    return _change(conversation_id, build_drafts)


def note_presence(*, user: User, now: datetime | None = None) -> None:
    """Somebody is at the desk: for two minutes they count as online."""
    Presence.objects.update_or_create(user=user, defaults={"seen_at": now or timezone.now()})


def _change(
    conversation_id: UUID, build_drafts: Callable[[Conversation], list[Draft]]
) -> list[LoggedEvent]:
    """Under the conversation's lock; told to whoever listens after the commit."""
    with log.changing(conversation_id) as conversation:
        drafts = build_drafts(conversation)
        events = log.append(conversation=conversation, drafts=drafts, now=timezone.now())
    push_events_from_thread(conversation_id, events)
    return events


def _take(conversation: Conversation, user: User) -> list[Draft]:
    """The status event by which `user` takes over; none if they have it already."""
    _check_owner(conversation, user)
    if conversation.status == Status.CLOSED:
        raise Refused("This conversation is closed.")
    if conversation.status == Status.AGENT:
        return []
    conversation.agent = user
    conversation.queued_at = conversation.queued_at or timezone.now()
    return [_build_status(Status.AGENT, agent=find_name(user))]


def _release(conversation: Conversation, status: Status) -> list[Draft]:
    conversation.agent = None
    conversation.queue = conversation.handoff_reason = ""
    conversation.queued_at = None
    return [_build_status(status)]


def _check_owner(conversation: Conversation, user: User) -> None:
    if conversation.status == Status.AGENT and conversation.agent_id != user.pk:
        owner = find_name(conversation.agent) if conversation.agent else "Somebody"
        raise Refused(f"{owner} has taken this conversation.")


def _check_text(text: str) -> str:
    # Browsers send forms with line ends of their own.
    clean = text.replace("\x00", "").replace("\r\n", "\n").strip()
    if not clean:
        raise Refused("Write something first.")
    if len(clean) > MAX_REPLY:
        raise Refused(f"A reply has at most {MAX_REPLY:,} characters; this has {len(clean):,}.")
    return clean


def _build_status(status: Status, agent: str = "") -> Draft:
    return Draft(
        kind=Kind.STATUS, sender=Sender.SYSTEM, status=status, agent=agent, source=Source.AGENT
    )


def _build_reply(user: User, text: str, token: UUID) -> Draft:
    return Draft(
        sender=Sender.AGENT,
        text=text,
        source=Source.AGENT,
        agent=find_name(user),
        client_id=token,
    )


def find_name(user: User) -> str:
    """What visitors see: the first name, never the login."""
    return user.first_name or "A colleague"
