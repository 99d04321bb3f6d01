"""Who pays for a call, and how much may be spent in each of its scopes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import TextChoices


class Scope(TextChoices):
    """What a limit is for; accounts are always locked in this order."""

    CONVERSATION = "conversation", "one conversation"
    DAY = "day", "one day"
    MONTH = "month", "one month"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """What may be spent in one scope: micro-dollars, or None for as much as it takes."""

    payer: int
    scope: Scope
    period: str
    amount: int | None

    @property
    def key(self) -> str:
        """The account it is held on."""
        return f"{self.payer}:{self.scope.value}:{self.period}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """One payer's limits for one call, in the order of Scope."""

    payer: int
    limits: tuple[Limit, ...]


def build_budget(
    *,
    payer: int,
    conversation_id: UUID,
    today: date,
    conversation: int | None = None,
    day: int | None = None,
    month: int | None = None,
) -> Budget:
    """Limits in micro-dollars for a conversation, the payer's day, and the payer's month."""
    scopes = (
        (Scope.CONVERSATION, conversation_id.hex, conversation),
        (Scope.DAY, today.isoformat(), day),
        (Scope.MONTH, today.isoformat()[:7], month),
    )
    return Budget(
        payer=payer,
        limits=tuple(
            Limit(payer=payer, scope=scope, period=period, amount=amount)
            for scope, period, amount in scopes
        ),
    )
