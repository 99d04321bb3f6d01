"""What models cost so far, for people: by payer and model, the accounts, prompts' sizes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from django.db.models import Count, Q, Sum

from llm_bridge.models import ModelCall
from llm_bridge.money.budgets import Scope
from llm_bridge.money.prices import UNKNOWN
from llm_bridge.money.tables import Account, BudgetAlert

MEASURED = 1_000  # calls, the latest


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """What one payer spent on one model; tokens and micro-dollars."""

    payer: int | None
    provider: str
    model: str
    calls: int
    answered: int
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    cost: int
    estimated: int  # of the calls
    unpriced: int  # of the calls


def read_spending(*, since: datetime) -> list[Spending]:
    """By payer and model, the dearest first."""
    # Two that name no price of their own are priced as unknown: they say so by its name.
    rows = (
        ModelCall.objects.filter(started_at__gte=since)
        .order_by()
        .values("payer", "provider", "model")
        .annotate(
            calls=Count("pk"),
            answered=Count("pk", filter=Q(outcome=ModelCall.Outcome.ANSWERED)),
            prompt_tokens=Sum("prompt_tokens", default=0),
            cached_tokens=Sum("cached_tokens", default=0),
            completion_tokens=Sum("completion_tokens", default=0),
            cost=Sum("cost", default=0),
            estimated=Count("pk", filter=Q(is_cost_estimated=True)),
            unpriced=Count("pk", filter=Q(price__startswith=f"{UNKNOWN} ")),
        )
    )
    return sorted((Spending(**row) for row in rows), key=lambda each: (-each.cost, -each.calls))


def read_account(*, payer: int, scope: Scope, period: str) -> Account | None:
    return Account.objects.filter(payer=payer, scope=scope, period=period).first()


def read_alerts(*, keys: Sequence[str]) -> list[BudgetAlert]:
    """The alerts of these accounts, newest first."""
    return list(BudgetAlert.objects.filter(account__in=keys).select_related("account"))


def read_prompt_size() -> int | None:
    """Of the latest answers, what 95 of 100 prompts stay within: tokens, all attempts together."""
    latest = ModelCall.objects.filter(prompt_tokens__isnull=False).order_by("-started_at")
    sizes: dict[object, int] = {}
    for reference, tokens in latest.values_list("reference", "prompt_tokens")[:MEASURED]:
        sizes[reference] = sizes.get(reference, 0) + (tokens or 0)
    ranked = sorted(sizes.values())
    return ranked[ceil(len(ranked) * 0.95) - 1] if ranked else None
