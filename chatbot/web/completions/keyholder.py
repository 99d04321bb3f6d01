"""Who asks: the site's API key, and the conversations that were opened with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from chatbot.conversations import log
from chatbot.conversations.api_keys import find_key, record_use
from chatbot.conversations.memory import forget, remember
from chatbot.conversations.messages import Scalar
from chatbot.conversations.models import ApiKey, Conversation, Site
from chatbot.conversations.threads import in_thread
from chatbot.web.admission import find_language
from chatbot.web.completions.client import Client
from chatbot.web.completions.failures import Failure
from chatbot.web.completions.request import Request
from chatbot.web.origins import is_allowed
from chatbot.web.rates.allowance import Caller, get_allowance


@dataclass(frozen=True, slots=True)
class Keyholder:
    """A program that may ask in the name of `site`; `caller` is whom its calls count for.

    One address stands for all of a program's users here, so beyond the calls themselves only the
    key and its site are counted.
    """

    key: ApiKey
    language: str

    @property
    def site(self) -> Site:
        return self.key.site

    @property
    def caller(self) -> Caller:
        return Caller(key=str(self.key.pk), site=str(self.site.pk))


async def recognise(client: Client) -> Keyholder:
    """Raises Failure (401 key, 403 origin) and Limited."""
    scheme, _, key = client.get_header("authorization").partition(" ")
    if scheme.lower() != "bearer":
        message = "Send the site's API key as Authorization: Bearer KEY."
        raise Failure(401, message, code="missing_api_key")
    row = await _find_key(key.strip(), timezone.now())
    if row is None:
        raise Failure(401, "This API key is wrong or revoked.", code="invalid_api_key")
    origin, host = client.get_header("origin"), client.get_header("host")
    if not is_allowed(origin=origin, host=host, site=row.site):
        message = "This page's origin is not listed for the site."
        raise Failure(403, message, code="origin_not_allowed")
    keyholder = Keyholder(row, find_language(client.get_header("accept-language")))
    get_allowance().take("calls", keyholder.caller)
    return keyholder


async def find_conversation(keyholder: Keyholder, request: Request) -> Conversation:
    """The conversation that the request names, or a new one; raises Failure (404) and Limited."""
    if request.conversation is not None:
        return await _get_own(keyholder.key, request.conversation, request.verified)
    get_allowance().take("conversations", keyholder.caller)
    conversation = await _open(keyholder, request, timezone.now())
    remember(conversation)  # its first message need not read it again
    return conversation


@in_thread
def _find_key(key: str, now: datetime) -> ApiKey | None:
    row = find_key(key=key)
    if row is not None:
        record_use(row=row, now=now)
    return row


@in_thread
def _open(keyholder: Keyholder, request: Request, now: datetime) -> Conversation:
    return log.open_conversation(
        site=keyholder.site,
        now=now,
        language=keyholder.language,
        verified=dict(request.verified),
        claimed=dict(request.claimed),
        api_key=keyholder.key,
    )


@in_thread
def _get_own(key: ApiKey, name: str, verified: Mapping[str, Scalar]) -> Conversation:
    """Another key's or another visitor's is told from one that never was by nobody."""
    conversation = _find_own(key, name)
    known = conversation.verified.get("id") if conversation else None
    if conversation is None or (verified and known not in {None, verified["id"]}):
        raise Failure(
            404,
            "This API key opened no such conversation.",
            code="conversation_not_found",
            param="metadata.conversation",
        )
    if verified and dict(verified) != conversation.verified:
        log.record_identity(conversation_id=conversation.pk, verified=dict(verified))
        forget(conversation.pk)
    return conversation


def _find_own(key: ApiKey, name: str) -> Conversation | None:
    try:
        pk = UUID(name)
    except ValueError:
        return None
    return Conversation.objects.filter(pk=pk, site=key.site_id, api_key=key).first()
