"""The chat's WebSocket: frames in, one domain call each, frames of the numbered log out.

A bare ASGI application: Channels' own consumers run a thread hop before every event, which lets
one slow visitor delay all others.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from django.db import DatabaseError
from django.utils import timezone

from chatbot.conversations import log, turn
from chatbot.conversations.delivery import VISITOR_TYPING, get_hub, push_events
from chatbot.conversations.events import Frame, build_frame
from chatbot.conversations.memory import remember
from chatbot.conversations.messages import BadMessage, parse_feedback, parse_message
from chatbot.conversations.models import Conversation, Exchange
from chatbot.conversations.threads import in_thread
from chatbot.web.addresses import find_household, find_scope_address
from chatbot.web.admission import Admission, Refusal, Visit, admit, find_language
from chatbot.web.line import Gone, Line, Receive, Send
from chatbot.web.outbound import Outbound
from chatbot.web.rates.allowance import Limited, get_allowance
from chatbot.web.rates.passage import Passage

PATH = "/ws/chat/"
MAX_SEQ = 2**31 - 1
HELLO_SECONDS = 30.0

# Whatever else a frame runs into is a fault of ours and ends the connection.
UNTAKEN = (
    BadMessage,
    Limited,
    log.Closed,
    log.Unstorable,
    log.Moved,
    log.Overloaded,
    DatabaseError,
)

logger = logging.getLogger(__name__)

_record_feedback = in_thread(log.record_feedback)


async def serve_chat(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """One visitor's connection. It is accepted first, so that browsers see why it closes."""
    address = find_household(find_scope_address(scope))
    with Passage(get_allowance(), address=address) as passage:
        line = Line(receive, send, passage)
        try:
            await line.accept()
            if scope["path"] != PATH:
                raise Refusal(404, f"The chat is at {PATH}.")
            passage.enter()
            await _converse(line, scope)
        except Refusal as refusal:
            await line.close(4000 + refusal.status, refusal.detail)
        except Limited as limit:
            await line.close(4429, limit.detail)
        except TimeoutError:
            await line.close(4408, "No hello came.")
        except DatabaseError as error:
            logger.warning("visitor not let in", extra={"error": type(error).__name__})
            await line.close(1013, "Connect again in a moment.")
        except Gone:
            pass


async def _converse(line: Line, scope: dict[str, Any]) -> None:
    async with asyncio.timeout(HELLO_SECONDS):
        admission, after = await _welcome_in(line, scope)
    line.passage.recognise(admission.caller)
    conversation = admission.conversation
    remember(conversation)  # just read: the first message need not read it again
    async with get_hub().subscribe(conversation.pk) as subscription:
        outbound = Outbound(line, conversation, after, subscription)
        await outbound.welcome(admission)
        outbound.start()
        try:
            await _serve_frames(line, outbound)
        finally:
            outbound.stop()


async def _welcome_in(line: Line, scope: dict[str, Any]) -> tuple[Admission, int]:
    """Who came, and after which number; a hello that makes no sense may be said again."""
    while True:
        hello = await _read_hello(line)
        line.passage.take_call()
        try:
            admission = await admit(visit=_build_visit(hello, scope), now=timezone.now())
        except BadMessage as error:
            await line.send_error(error.code, error.detail)
            continue
        # What is said to be known beyond the log must not hide what is still to come.
        return admission, min(_parse_after(hello.get("after")), admission.conversation.last_seq)


async def _read_hello(line: Line) -> Frame:
    while True:
        frame = await line.read()
        if frame.get("type") == "hello":
            return frame
        await line.send_error("bad_frame", "The first frame is hello.")


def _build_visit(hello: Frame, scope: dict[str, Any]) -> Visit:
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    return Visit(
        site=hello.get("site"),
        conversation=hello.get("conversation"),
        token=hello.get("token"),
        identity=hello.get("identity"),
        claimed=hello.get("claimed"),
        language=find_language(headers.get("accept-language", "")),
        origin=headers.get("origin", ""),
        host=headers.get("host", ""),
        address=find_household(find_scope_address(scope)),
    )


def _parse_after(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        return 0
    return min(max(value, 0), MAX_SEQ)


async def _serve_frames(line: Line, outbound: Outbound) -> None:
    while True:
        frame = await line.read()
        handle = HANDLERS.get(str(frame.get("type")), _refuse)
        try:
            await handle(line, outbound.conversation, frame)
        except UNTAKEN as error:
            await _tell_error(line, frame, error)


async def _tell_error(line: Line, frame: Frame, error: Exception) -> None:
    """Why a frame was not taken, and which message it was."""
    reference = {key: frame[key] for key in ("client_id",) if isinstance(frame.get(key), str)}
    match error:
        case BadMessage(code=code, detail=detail):
            await line.send_error(code, detail, **reference)
        case Limited(detail=detail, retry_after=seconds):
            await line.send_error("rate_limited", detail, retry_after=seconds, **reference)
        case log.Closed():
            await line.send_error("closed", "This conversation has ended.", **reference)
        case log.Unstorable():
            detail = "This message cannot be stored: write it in other words."
            await line.send_error("bad_frame", detail, **reference)
        case _:
            logger.warning("frame not taken", extra={"error": type(error).__name__})
            await line.send_error("busy", "Try again.", retry_after=1, **reference)


async def _take_message(line: Line, conversation: Conversation, frame: Frame) -> None:
    message = parse_message(client_id=frame.get("client_id"), text=frame.get("text"))
    line.passage.take_message()
    receipt = await turn.take_message(conversation_id=conversation.pk, message=message)
    if not receipt.is_new:
        line.passage.give_back_message()
        await line.send(build_frame(receipt.question))


async def _take_feedback(line: Line, conversation: Conversation, frame: Frame) -> None:
    feedback = parse_feedback(
        exchange=frame.get("exchange"),
        rating=frame.get("rating"),
        comment=frame.get("comment", ""),
    )
    line.passage.take_message()
    try:
        events = await _record_feedback(
            conversation_id=conversation.pk, feedback=feedback, now=timezone.now()
        )
    except Exchange.DoesNotExist:
        await line.send_error("forbidden", "This conversation has no such exchange.")
        return
    push_events(conversation.pk, events)


async def _answer_ping(line: Line, _conversation: Conversation, _frame: Frame) -> None:
    await line.send({"type": "pong"})


async def _note_typing(line: Line, conversation: Conversation, _frame: Frame) -> None:
    """Shown at the desk for a moment; never stored."""
    if line.passage.is_typing_in_order():
        get_hub().push(conversation.pk, [VISITOR_TYPING])


async def _refuse(_line: Line, _conversation: Conversation, _frame: Frame) -> None:
    known = ", ".join(HANDLERS)
    raise BadMessage("bad_frame", f"type must be one of {known}.")


HANDLERS = {
    "message": _take_message,
    "feedback": _take_feedback,
    "typing": _note_typing,
    "ping": _answer_ping,
}
