"""Who may talk: a site's key, an allowed origin, a token or a new conversation, an identity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from chatbot.conversations import log
from chatbot.conversations.identity import BadIdentity, Identity, parse_identity
from chatbot.conversations.messages import Scalar, parse_claims
from chatbot.conversations.models import Conversation, Site
from chatbot.conversations.sites import find_notice, find_site
from chatbot.conversations.threads import in_thread
from chatbot.conversations.tokens import BadToken, build_token, get_conversation
from chatbot.web.origins import is_allowed
from chatbot.web.rates.allowance import Caller, get_allowance

MAX_LANGUAGE = 12


class Refusal(Exception):
    """Not let in; `status` is HTTP's, and 4000 + status closes a socket."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What a client says when it comes in, unchecked, and where it comes from."""

    site: object
    conversation: object = None
    token: object = None
    identity: object = None
    claimed: object = None
    language: str = ""
    origin: str = ""
    host: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Who came, checked; `conversation` is None if one has to be opened."""

    site: Site
    verified: dict[str, Any]
    claimed: Mapping[str, Scalar] = field(default_factory=dict)
    conversation: Conversation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    conversation: Conversation
    token: str
    caller: Caller
    notice: str  # what stands above the chat just now; mostly empty


async def admit(*, visit: Visit, now: datetime) -> Admission:
    """Resumes or opens the conversation.

    Raises Refusal (404 site, 403 origin or identity, 401 token), BadMessage for bad claims, and
    Limited where too many conversations were opened.
    """
    arrival = await _recognise(visit, now)
    conversation = arrival.conversation
    if conversation is None:
        visitor = build_visitor_key(arrival.site.pk, arrival.verified)
        caller = Caller(visitor=visitor, address=visit.address, site=str(arrival.site.pk))
        get_allowance().take("conversations", caller)
        conversation = await _open(visit, arrival, now)
    return Admission(
        conversation=conversation,
        token=build_token(conversation.pk),
        caller=build_caller(conversation, address=visit.address),
        notice=find_notice(site=arrival.site, now=now),
    )


def build_caller(conversation: Conversation, *, address: str) -> Caller:
    """Whom it counts for what is done in this conversation."""
    known = build_visitor_key(conversation.site_id, conversation.verified)
    return Caller(
        visitor=known or conversation.pk.hex, address=address, site=str(conversation.site_id)
    )


def build_visitor_key(site_id: int, verified: Mapping[str, Any]) -> str:
    """A visitor who is signed in is the same one in all their conversations."""
    return f"{site_id}:{verified['id']}" if verified else ""


@in_thread
def _recognise(visit: Visit, now: datetime) -> Arrival:
    site = _get_site(visit.site)
    check_origin(site=site, origin=visit.origin, host=visit.host)
    identity = _parse_identity(visit.identity, site, now)
    if visit.token is not None or visit.conversation is not None:
        return _come_back(visit, site, identity, now)
    if identity and identity.is_expired:
        raise Refusal(403, "The identity has expired.")
    verified = identity.fields if identity else {}
    return Arrival(site=site, verified=verified, claimed=parse_claims(visit.claimed))


def _come_back(visit: Visit, site: Site, identity: Identity | None, now: datetime) -> Arrival:
    """The token opens the conversation: a page that stood open for long may bring an old word."""
    conversation = _resume(visit, site, now)
    if identity:
        _check_same_visitor(conversation, identity.fields)
        if not identity.is_expired and identity.fields != conversation.verified:
            log.record_identity(conversation_id=conversation.pk, verified=identity.fields)
            conversation.verified = identity.fields
    return Arrival(site=site, verified=conversation.verified, conversation=conversation)


@in_thread
def _open(visit: Visit, arrival: Arrival, now: datetime) -> Conversation:
    return log.open_conversation(
        site=arrival.site,
        now=now,
        language=visit.language[:MAX_LANGUAGE],
        verified=arrival.verified,
        claimed=dict(arrival.claimed),
    )


def get_own_conversation(
    *, token: str, origin: str, host: str, now: datetime, conversation_id: UUID | None = None
) -> Conversation:
    """The conversation that a bearer's token opens; raises Refusal (401, 403, 404 not yours)."""
    try:
        conversation = get_conversation(token=token, now=now)
    except BadToken as error:
        raise Refusal(401, "The token is bad or expired: start a new conversation.") from error
    check_origin(site=conversation.site, origin=origin, host=host)
    if conversation_id not in {None, conversation.pk}:
        raise Refusal(404, "There is no such conversation for this token.")
    return conversation


def check_origin(*, site: Site, origin: str, host: str) -> None:
    if not is_allowed(origin=origin, host=host, site=site):
        raise Refusal(403, "This page's origin is not listed for the site.")


def _get_site(key: object) -> Site:
    site = find_site(key)
    if site is None:
        raise Refusal(404, "No site has this key.")
    return site


def _resume(visit: Visit, site: Site, now: datetime) -> Conversation:
    try:
        conversation = get_conversation(token=visit.token, now=now)
    except BadToken as error:
        raise Refusal(401, "The token is bad or expired: start a new conversation.") from error
    named = str(conversation.pk) if visit.conversation is None else visit.conversation
    if conversation.site_id != site.pk or named != str(conversation.pk):
        raise Refusal(401, "The token does not belong to this conversation.")
    return conversation


def _check_same_visitor(conversation: Conversation, verified: dict[str, Any]) -> None:
    """On a shared computer the next to sign in does not get what the last one wrote."""
    if conversation.verified and verified["id"] != conversation.verified["id"]:
        raise Refusal(401, "This conversation is another visitor's: start a new one.")


def _parse_identity(value: object, site: Site, now: datetime) -> Identity | None:
    if value is None:
        return None
    try:
        return parse_identity(value=value, secret=site.identity_secret, now=now)
    except BadIdentity as error:
        raise Refusal(403, str(error)) from error


def find_language(header: str) -> str:
    """The first language of Accept-Language, e.g. `pt-BR`; empty when it is not plain."""
    first = header.split(",", 1)[0].split(";", 1)[0].strip()
    is_plain = first.isascii() and first.replace("-", "").isalnum()
    return first[:MAX_LANGUAGE] if is_plain else ""
