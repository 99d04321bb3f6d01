"""Where an answer comes from, in a few figures: source, rule, release, tokens of the model."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Sum

from chatbot.conversations.models import Exchange
from llm_bridge.models import ModelCall


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """`release` is its number; tokens are what the model's server counted, 0 where it did not."""

    rule: str | None = None
    release: int | None = None
    prompt_tokens: int = 0
    completion_tokens: int = 0


def read_provenance(*, exchange_id: UUID) -> Provenance:
    """Of a stored exchange; raises Exchange.DoesNotExist."""
    exchange = Exchange.objects.select_related("release").get(pk=exchange_id)
    prompt_tokens, completion_tokens = _count_tokens(exchange) if exchange.attempts else (0, 0)
    return Provenance(
        rule=exchange.rule or None,
        release=exchange.release.number if exchange.release else None,
        prompt_tokens=prompt_tokens,
        completion_tokens=completion_tokens,
    )


def _count_tokens(exchange: Exchange) -> tuple[int, int]:
    """Of all calls made for it, those that failed included: they are on the bill too."""
    counts = ModelCall.objects.filter(reference=exchange.pk).aggregate(
        prompt=Sum("prompt_tokens"), completion=Sum("completion_tokens")
    )
    return counts["prompt"] or 0, counts["completion"] or 0
