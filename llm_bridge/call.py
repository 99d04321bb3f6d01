"""The running tally of one call to a model: its limits, its clock, and its row at the end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

import uuid6

from llm_bridge.ledger import CallRecord, Outcome, record_call
from llm_bridge.prompts import PROMPT_VERSION
from llm_bridge.providers.chunks import Chunk
from llm_bridge.providers.configuration import ProviderConfig
from llm_bridge.values import Answer, FailureReason, Query, Usage


@dataclass(frozen=True, slots=True)
class Limits:
    """What one answer may take: seconds, characters, tokens."""

    total: float = 20.0
    connect: float = 3.0
    first_token: float = 8.0
    retry_wait: float = 0.3
    max_answer_characters: int = 2_000
    max_tokens: int = 700
    temperature: float = 0.2
    max_attempts: int = 2


DEFAULT_LIMITS = Limits()


@dataclass(slots=True)
class Call:
    """One question on its way: filled in while the attempts go on, recorded once."""

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
            first_token_ms=total_ms if self.first_token_ms is None else self.first_token_ms,
            total_ms=total_ms,
        )
