"""Asks the model one question: in time, guarded, on the ledger, or a failure with its reason."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import cast
from uuid import UUID

import uuid6

from llm_bridge.configuration import ProviderConfig, build_config
from llm_bridge.draft import Draft
from llm_bridge.guards import build_link_policy
from llm_bridge.ledger import CallRecord, Outcome, record_call
from llm_bridge.prompts import PROMPT_VERSION, build_messages
from llm_bridge.provider import Chunk, ProviderError, get_provider
from llm_bridge.values import (
    Answer,
    AnswerFailed,
    Delta,
    FailureReason,
    Message,
    Query,
    Source,
    Usage,
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
    "Source",
    "Utterance",
    "build_config",
    "stream_answer",
]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one answer may take: seconds, characters, tokens."""

    total: float = 20.0
    first_token: float = 8.0
    retry_wait: float = 0.3
    max_answer_characters: int = 2_000
    max_tokens: int = 700
    temperature: float = 0.2
    max_attempts: int = 2


async def stream_answer(
    *,
    query: Query,
    config: ProviderConfig | None,
    limits: Limits = Limits(),
    clock: Callable[[], float] = time.monotonic,
) -> AsyncGenerator[Delta | Answer, None]:
    """Deltas in order, then one Answer; raises AnswerFailed instead when there is none.

    Close the generator (`contextlib.aclosing`) to stop the provider's stream early. Every call
    leaves one row in the ledger, however it ends.
    """
    if config is None:
        raise AnswerFailed(FailureReason.NOT_CONFIGURED)
    call = _Call(query=query, config=config, limits=limits, clock=clock)
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


@dataclass(slots=True)
class _Call:
    """The running tally of one call."""

    query: Query
    config: ProviderConfig
    limits: Limits
    clock: Callable[[], float]
    call_id: UUID = field(default_factory=uuid6.uuid7)
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    started: float = 0.0
    attempts: int = 0
    first_token_ms: int | None = None
    model: str = ""
    usage: Usage | None = None
    finish_reason: str = ""

    def __post_init__(self) -> None:
        self.started = self.clock()
        self.model = self.config.model

    @property
    def elapsed_ms(self) -> int:
        return round((self.clock() - self.started) * 1000)

    @property
    def seconds_left(self) -> float:
        return max(0.0, self.started + self.limits.total - self.clock())

    def note(self, chunk: Chunk) -> None:
        if chunk.text and self.first_token_ms is None:
            self.first_token_ms = self.elapsed_ms
        self.model = chunk.model or self.model
        self.usage = chunk.usage or self.usage
        self.finish_reason = chunk.finish_reason or self.finish_reason

    async def record(self, outcome: Outcome, *, reason: FailureReason | None = None) -> UUID | None:
        record = CallRecord(
            call_id=self.call_id,
            reference=self.query.reference,
            provider_host=self.config.host,
            model=self.model,
            prompt_version=PROMPT_VERSION,
            usage=self.usage,
            first_token_ms=self.first_token_ms,
            total_ms=self.elapsed_ms,
            outcome=outcome,
            reason=reason,
            attempts=self.attempts,
            started_at=self.started_at,
        )
        # Shielded: a task that is cancelled again meanwhile must not lose its receipt.
        return await asyncio.shield(record_call(record))

    async def build_answer(self, text: str) -> Answer:
        total_ms = self.elapsed_ms
        return Answer(
            text=text,
            model=self.model,
            prompt_version=PROMPT_VERSION,
            call_id=await self.record(Outcome.ANSWERED),
            usage=self.usage,
            attempts=self.attempts,
            first_token_ms=self.first_token_ms or total_ms,
            total_ms=total_ms,
        )


async def _stream_deltas(call: _Call, draft: Draft) -> AsyncGenerator[Delta, None]:
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


async def _stream_attempts(call: _Call) -> AsyncGenerator[Chunk, None]:
    """One attempt's chunks, and a second attempt's while nothing was said and time remains."""
    messages = build_messages(call.query)
    while True:
        call.attempts += 1
        try:
            async with aclosing(_stream_in_time(call, messages)) as chunks:
                async for chunk in chunks:
                    yield chunk
        except ProviderError as error:
            wait = _find_retry_wait(error, call)
            if wait is None:
                raise
        else:
            return
        await asyncio.sleep(wait)


def _find_retry_wait(error: ProviderError, call: _Call) -> float | None:
    """Seconds to wait before another attempt, or None when another one makes no sense."""
    wait = call.limits.retry_wait if error.retry_after is None else error.retry_after
    said_something = call.first_token_ms is not None
    spent = call.attempts >= call.limits.max_attempts or wait >= call.seconds_left
    return None if spent or said_something or not error.retryable else wait


async def _stream_in_time(
    call: _Call, messages: tuple[Message, ...]
) -> AsyncGenerator[Chunk, None]:
    provider = await get_provider(call.config)
    stream = provider.stream(
        messages,
        max_tokens=call.limits.max_tokens,
        temperature=call.limits.temperature,
        timeout=call.seconds_left,
    )
    first_token_by = call.clock() + call.limits.first_token
    async with aclosing(cast("AsyncGenerator[Chunk, None]", stream)) as chunks:
        while (chunk := await _next_in_time(chunks, call, first_token_by)) is not None:
            call.note(chunk)
            yield chunk


async def _next_in_time(
    chunks: AsyncIterator[Chunk], call: _Call, first_token_by: float
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


def _check_complete(call: _Call, draft: Draft) -> str:
    """The finished answer's text; ProviderError if it is none a visitor should get."""
    text = draft.build_answer(is_whole=call.finish_reason != "length")
    if call.finish_reason == "content_filter":
        raise ProviderError(FailureReason.FILTERED)
    if not call.finish_reason and not draft.is_full:
        raise ProviderError(FailureReason.CUT_OFF)
    if not text:
        raise ProviderError(FailureReason.EMPTY)
    return text
