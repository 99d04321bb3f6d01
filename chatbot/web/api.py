"""The visitors' HTTP API: the same turn as the socket's, for clients that have none."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Status
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import HttpBearer

from chatbot.conversations import log, turn
from chatbot.conversations.delivery import get_hub, push_events
from chatbot.conversations.events import LoggedEvent, build_event
from chatbot.conversations.messages import BadMessage, parse_feedback, parse_message
from chatbot.conversations.models import Conversation, Exchange
from chatbot.conversations.threads import in_thread
from chatbot.conversations.unbroken import unbroken
from chatbot.web.addresses import find_household, get_client_address
from chatbot.web.admission import (
    Refusal,
    Visit,
    admit,
    build_caller,
    find_language,
    get_own_conversation,
)
from chatbot.web.ninja_api import VisitorAPI
from chatbot.web.problems import build_problem
from chatbot.web.rates.allowance import Caller, Limited, get_allowance
from chatbot.web.schemas import (
    ConversationIn,
    ConversationOut,
    EventsOut,
    FeedbackIn,
    MessageIn,
    MessageOut,
    ProblemOut,
)
from chatbot.web.waiting import parse_wait, wait_for_answer, wait_for_events


class VisitorToken(HttpBearer):
    """The token that opening a conversation gave; what it opens is looked up by each call."""

    def authenticate(self, _request: HttpRequest, token: str) -> str:
        return token


api = VisitorAPI(
    title="Firstline",
    version="1",
    description="Conversations by HTTP: the same numbered log that the WebSocket carries faster.",
    urls_namespace="api",
)
PROBLEMS = {frozenset({401, 403, 404, 409, 413, 422, 429, 503}): ProblemOut}
visitor = VisitorToken()

_get_own = in_thread(get_own_conversation)
_read_events = in_thread(log.read_events)
_record_feedback = in_thread(log.record_feedback)


@api.post("/v1/conversations", response={201: ConversationOut, **PROBLEMS})
async def open_conversation(request: HttpRequest, body: ConversationIn) -> Any:
    """Opens a conversation and gives the token for it."""
    visit = Visit(
        site=body.site,
        identity=body.identity,
        claimed=body.claimed,
        language=find_language(request.headers.get("Accept-Language", "")),
        origin=request.headers.get("Origin", ""),
        host=request.get_host(),
        address=_find_household(request),
    )
    admission = await admit(visit=visit, now=timezone.now())
    conversation = admission.conversation
    opened = {
        "id": conversation.pk,
        "token": admission.token,
        "last_seq": conversation.last_seq,
        "status": conversation.status,
    }
    return Status(201, opened)


@api.post(
    "/v1/conversations/{conversation_id}/messages",
    auth=visitor,
    response={frozenset({200, 201}): MessageOut, **PROBLEMS},
    exclude_unset=True,  # what does not apply to an event is absent, as on the socket
)
async def send_message(
    request: HttpRequest, conversation_id: UUID, body: MessageIn, wait: float = 0.0
) -> Any:
    """Sends a message; what rules answer comes with it, other answers when `wait` lasts."""
    conversation, caller = await _come_in(request, conversation_id)
    message = parse_message(client_id=body.client_id, text=body.text)
    get_allowance().take("messages", caller)
    async with get_hub().subscribe(conversation.pk) as subscription:
        receipt = await unbroken(
            turn.take_message(conversation_id=conversation.pk, message=message)
        )
        answer = receipt.answer
        if answer is None and wait > 0:
            answer = await wait_for_answer(
                subscription=subscription, question=receipt.question, seconds=parse_wait(wait)
            )
    if not receipt.is_new:
        get_allowance().give_back("messages", caller)
    stored = {
        "event": build_event(receipt.question),
        "answer": build_event(answer) if answer else None,
    }
    return Status(201 if receipt.is_new else 200, stored)


@api.get(
    "/v1/conversations/{conversation_id}/events",
    auth=visitor,
    response={200: EventsOut, **PROBLEMS},
    exclude_unset=True,
)
async def list_events(
    request: HttpRequest, conversation_id: UUID, after: int = 0, wait: float = 0.0
) -> Any:
    """Events numbered above `after`, at most 200; `wait` holds the call until there are any."""
    conversation, _ = await _come_in(request, conversation_id)
    async with get_hub().subscribe(conversation.pk) as subscription:
        read = partial(_read_after, conversation, after)
        events = await read()
        if not events and wait > 0:
            events = await wait_for_events(
                subscription=subscription, read=read, seconds=parse_wait(wait)
            )
    conversation = await _find_own(request, conversation_id)
    return {
        "events": [build_event(event) for event in events],
        "last_seq": conversation.last_seq,
        "status": conversation.status,
    }


@api.post("/v1/exchanges/{exchange_id}/feedback", auth=visitor, response={204: None, **PROBLEMS})
async def give_feedback(request: HttpRequest, exchange_id: UUID, body: FeedbackIn) -> Any:
    """A thumb on an answer; the latest counts."""
    conversation, caller = await _come_in(request, None)
    feedback = parse_feedback(exchange=str(exchange_id), rating=body.rating, comment=body.comment)
    get_allowance().take("messages", caller)
    events = await _record_feedback(
        conversation_id=conversation.pk, feedback=feedback, now=timezone.now()
    )
    push_events(conversation.pk, events)
    return Status(204, None)


async def _come_in(
    request: HttpRequest, conversation_id: UUID | None
) -> tuple[Conversation, Caller]:
    """The caller's own conversation, once the call and its bytes are found to be in order."""
    conversation = await _find_own(request, conversation_id)
    caller = build_caller(conversation, address=_find_household(request))
    beyond_address = replace(caller, address="")  # the address was counted before: see `calls`
    get_allowance().take("calls", beyond_address)
    get_allowance().take("bytes", beyond_address, len(request.body))
    return conversation, caller


def _find_household(request: HttpRequest) -> str:
    return find_household(get_client_address(request))


async def _find_own(request: HttpRequest, conversation_id: UUID | None) -> Conversation:
    return await _get_own(
        token=request.auth,  # type: ignore[attr-defined]  # set by ninja
        origin=request.headers.get("Origin", ""),
        host=request.get_host(),
        conversation_id=conversation_id,
        now=timezone.now(),
    )


async def _read_after(conversation: Conversation, after: int) -> list[LoggedEvent]:
    return await _read_events(conversation_id=conversation.pk, after=min(max(after, 0), 2**31 - 1))


@api.exception_handler(Refusal)
def _show_refusal(_request: HttpRequest, error: Refusal) -> HttpResponse:
    return build_problem(error.status, error.detail)


@api.exception_handler(Limited)
def _show_limit(_request: HttpRequest, error: Limited) -> HttpResponse:
    return build_problem(429, error.detail, retry_after=error.retry_after)


@api.exception_handler(AuthenticationError)
def _show_missing_token(_request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
    return build_problem(401, "Send the visitor's token as Authorization: Bearer TOKEN.")


@api.exception_handler(BadMessage)
def _show_bad_message(_request: HttpRequest, error: BadMessage) -> HttpResponse:
    return build_problem(413 if error.code == "too_long" else 422, error.detail)


@api.exception_handler(ValidationError)
def _show_invalid(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    places = (
        f"{'.'.join(str(part) for part in item['loc'][1:])}: {item['msg']}" for item in error.errors
    )
    return build_problem(422, "; ".join(places)[:500])


@api.exception_handler(HttpError)
def _show_http_error(_request: HttpRequest, error: HttpError) -> HttpResponse:
    # ninja's 400 is a body that is no JSON: to a client one more thing to correct.
    status = 422 if error.status_code == 400 else error.status_code
    return build_problem(status, "The body must be JSON." if status == 422 else str(error))


@api.exception_handler(RequestDataTooBig)
def _show_too_big(_request: HttpRequest, _error: RequestDataTooBig) -> HttpResponse:
    return build_problem(413, "The request is larger than 1 MB.")


@api.exception_handler(log.Closed)
def _show_closed(_request: HttpRequest, _error: log.Closed) -> HttpResponse:
    return build_problem(409, "This conversation has ended.")


@api.exception_handler(Exchange.DoesNotExist)
def _show_no_exchange(_request: HttpRequest, _error: Exchange.DoesNotExist) -> HttpResponse:
    return build_problem(404, "This conversation has no such exchange.")


@api.exception_handler(log.Unstorable)
def _show_unstorable(_request: HttpRequest, _error: log.Unstorable) -> HttpResponse:
    return build_problem(422, "This message cannot be stored: write it in other words.")


@api.exception_handler(log.Moved)
@api.exception_handler(log.Overloaded)
@api.exception_handler(DatabaseError)
def _show_busy(_request: HttpRequest, _error: Exception) -> HttpResponse:
    return build_problem(503, "The server is busy: try again.", retry_after=1)
