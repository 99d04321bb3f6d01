"""Visitors' tokens: signed, good for one conversation only, alive for 30 days from last use."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.core import signing

from chatbot.conversations import log
from chatbot.conversations.models import Conversation

LIFETIME = timedelta(days=30)

_signer = signing.TimestampSigner(salt="firstline.visitor", sep=".")


class BadToken(Exception):
    """The token is not ours, expired, or another conversation's."""


def build_token(conversation_id: UUID) -> str:
    """A fresh token; those given out before stay valid."""
    return _signer.sign(conversation_id.hex)


def get_conversation(*, token: object, now: datetime) -> Conversation:
    """The one conversation that the token opens; raises BadToken."""
    try:
        value = _signer.unsign(token) if isinstance(token, str) else ""
        conversation_id = UUID(value)
    except (signing.BadSignature, ValueError) as error:
        raise BadToken from error
    conversation = log.find_conversation(conversation_id=conversation_id)
    if conversation is None or now - conversation.seen_at > LIFETIME:
        raise BadToken
    log.record_use(conversation=conversation, now=now)
    return conversation
