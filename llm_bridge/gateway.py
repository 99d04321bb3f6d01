"""Asks the model one question: in time, guarded, on the ledger, or a failure with its reason."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing

from llm_bridge.call import DEFAULT_LIMITS, Call, Limits
from llm_bridge.draft import Draft
from llm_bridge.guards import build_link_policy
from llm_bridge.ledger import Outcome
from llm_bridge.prompts import build_messages
from llm_bridge.providers.chunks import Chunk
from llm_bridge.providers.configuration import ProviderConfig, build_config
from llm_bridge.providers.errors import ProviderError
from llm_bridge.providers.pool import get_provider
from llm_bridge.values import (
    Answer,
    AnswerFailed,
    Delta,
    FailureReason,
    Query,
    Quotation,
    Request,
    Source,
    Utterance,
)

__all__ = [
    "Answer",
    "AnswerFailed",
    "Delta",
    "FailureReason",
    "Limits",
    "ProviderConfig",
    "Query",
    "Quotation",
    "Source",
    "Utterance",
    "build_config",
    "stream_answer",
]


async def stream_answer(
    *,
    query: Query,
    config: ProviderConfig | None,
    limits: Limits = DEFAULT_LIMITS,
    clock: Callable[[], float] = time.monotonic,
) -> AsyncGenerator[Delta | Answer, None]:
    """Deltas in order, then one Answer; raises AnswerFailed instead when there is none.

    Close the generator (`contextlib.aclosing`) to stop the provider's stream early. Every call
    leaves one row in the ledger, however it ends.
    """
    if config is None:
        raise AnswerFailed(FailureReason.NOT_CONFIGURED)
    call = Call(query=query, config=config, limits=limits, clock=clock)
    draft = Draft(links=build_link_policy(query.sources), limit=limits.max_answer_characters)
    try:
        async with aclosing(_stream_deltas(call, draft)) as deltas:
            async for delta in deltas:
                yield delta
        text = _check_complete(call, draft)
    except ProviderError as error:
        call_id = await call.record(Outcome.FAILED, reason=error.reason)
        raise AnswerFailed(error.reason, call_id=call_id, attempts=call.attempts) from error
    except (asyncio.CancelledError, GeneratorExit):
        await call.record(Outcome.CANCELLED)
        raise
    yield await call.build_answer(text)


async def _stream_deltas(call: Call, draft: Draft) -> AsyncGenerator[Delta, None]:
    index = 0
    async with aclosing(_stream_attempts(call)) as chunks:
        async for chunk in chunks:
            if text := draft.add(chunk.text):
                yield Delta(index=index, text=text)
                index += 1
            if draft.is_full:
                return
    if text := draft.finish():
        yield Delta(index=index, text=text)


async def _stream_attempts(call: Call) -> AsyncGenerator[Chunk, None]:
    """One attempt's chunks, and a second attempt's while nothing was said and time remains."""
    request = Request(
        messages=build_messages(call.query),
        max_tokens=call.limits.max_tokens,
        temperature=call.limits.temperature,
    )
    while True:
        call.attempts += 1
        try:
            async with aclosing(_stream_in_time(call, request)) as chunks:
                async for chunk in chunks:
                    yield chunk
        except ProviderError as error:
            wait = _find_retry_wait(error, call)
            if wait is None:
                raise
        else:
            return
        await asyncio.sleep(wait)


def _find_retry_wait(error: ProviderError, call: Call) -> float | None:
    """Seconds to wait before another attempt, or None when another one makes no sense."""
    wait = call.limits.retry_wait if error.retry_after is None else error.retry_after
    said_something = call.first_token_ms is not None
    spent = call.attempts >= call.limits.max_attempts or wait >= call.seconds_left
    return None if spent or said_something or not error.retryable else wait


async def _stream_in_time(call: Call, request: Request) -> AsyncGenerator[Chunk, None]:
    provider = await get_provider(call.config)
    stream = provider.stream(request, timeout=call.seconds_left, connect=call.limits.connect)
    first_token_by = call.clock() + call.limits.first_token
    async with aclosing(stream) as chunks:
        while (chunk := await _next_in_time(chunks, call, first_token_by)) is not None:
            call.note(chunk)
            yield chunk


async def _next_in_time(
    chunks: AsyncIterator[Chunk], call: Call, first_token_by: float
) -> Chunk | None:
    """The next chunk, or None at the end; the time limits are looked at between chunks."""
    left, late = call.seconds_left, FailureReason.TIMEOUT_TOTAL
    until_first_token = first_token_by - call.clock()
    if call.first_token_ms is None and until_first_token < left:
        left, late = until_first_token, FailureReason.TIMEOUT_FIRST_TOKEN
    try:
        async with asyncio.timeout(left):
            return await anext(chunks, None)
    except TimeoutError as error:
        raise ProviderError(late) from error


def _check_complete(call: Call, draft: Draft) -> str:
    """The finished answer's text; ProviderError if it is none a visitor should get."""
    text = draft.build_answer(is_whole=call.finish_reason != "length")
    if call.finish_reason == "content_filter":
        raise ProviderError(FailureReason.FILTERED)
    if not call.finish_reason and not draft.is_full:
        raise ProviderError(FailureReason.CUT_OFF)
    if not text:
        raise ProviderError(FailureReason.EMPTY)
    return text
