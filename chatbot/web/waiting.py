"""Waiting for the log to grow: for clients without sockets, and bounded in time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable

from chatbot.conversations import log
from chatbot.conversations.delivery import Subscription
from chatbot.conversations.events import Frame, LoggedEvent
from chatbot.conversations.threads import in_thread

MAX_WAIT = 25.0
PASSING = {"delta", "typing"}  # frames that leave no trace in the log

_find_answer = in_thread(log.find_answer)


def parse_wait(seconds: float) -> float:
    """0 to 25 seconds; more counts as 25."""
    return min(max(seconds, 0.0), MAX_WAIT)


async def wait_for_events(
    *,
    subscription: Subscription,
    read: Callable[[], Awaitable[list[LoggedEvent]]],
    seconds: float,
) -> list[LoggedEvent]:
    """What `read` gives as soon as there is something, or when the time is over."""
    try:
        async with asyncio.timeout(seconds):
            while True:
                frames = await subscription.take()
                is_news = any(frame["type"] not in PASSING for frame in frames)
                if is_news and (events := await read()):
                    return events
    except TimeoutError:
        return await read()  # what is told may be lost on the way


async def wait_for_answer(
    *, subscription: Subscription, question: LoggedEvent, seconds: float
) -> LoggedEvent | None:
    """The answer to `question`, or None when none came in time or it was discarded."""
    exchange_id = question.exchange_id
    if exchange_id is None:
        return None
    try:
        async with asyncio.timeout(seconds):
            while not _settle(await subscription.take(), str(exchange_id)):
                pass
    except TimeoutError:
        pass
    # Read from the log in any case: what is told may be lost on the way.
    return next(
        iter(await _find_answer(conversation_id=question.conversation_id, exchange_id=exchange_id)),
        None,
    )


def _settle(frames: Iterable[Frame], exchange_id: str) -> bool:
    return any(settles(frame, exchange_id) for frame in frames)


def settles(frame: Frame, exchange_id: str) -> bool:
    """Whether the frame tells of the exchange's answer, or that it will never come."""
    event = frame.get("event")
    if not isinstance(event, dict):
        return False
    is_answer = event["exchange"] == exchange_id and event["sender"] in {"bot", "system"}
    return (is_answer and event["kind"] == "message") or exchange_id in event.get("discarded", ())
