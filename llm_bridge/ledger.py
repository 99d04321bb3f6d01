"""The only writer of the ledger of model calls."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from channels.db import database_sync_to_async
from django.db import DatabaseError

from llm_bridge.models import ModelCall
from llm_bridge.values import FailureReason, Usage

logger = logging.getLogger(__name__)

Outcome = ModelCall.Outcome


@dataclass(frozen=True, slots=True)
class CallRecord:
    """Everything the ledger keeps of one call; durations in milliseconds."""

    call_id: UUID
    reference: UUID
    provider_host: str
    model: str
    prompt_version: str
    usage: Usage | None
    first_token_ms: int | None
    total_ms: int
    outcome: ModelCall.Outcome
    reason: FailureReason | None
    attempts: int
    started_at: datetime


async def record_call(record: CallRecord) -> UUID | None:
    """The row's id; None if the database refused it, because an answer outweighs its receipt."""
    try:
        await database_sync_to_async(_insert, thread_sensitive=False)(record)
    except DatabaseError:
        logger.exception("model call not recorded", extra={"reference": str(record.reference)})
        return None
    return record.call_id


def _insert(record: CallRecord) -> None:
    usage = record.usage
    ModelCall.objects.create(
        id=record.call_id,
        reference=record.reference,
        provider_host=record.provider_host,
        model=record.model,
        prompt_version=record.prompt_version,
        prompt_tokens=usage.prompt_tokens if usage else None,
        completion_tokens=usage.completion_tokens if usage else None,
        first_token_ms=record.first_token_ms,
        total_ms=record.total_ms,
        outcome=record.outcome,
        reason=record.reason or "",
        attempts=record.attempts,
        started_at=record.started_at,
    )
