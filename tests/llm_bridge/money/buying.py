"""Buys calls in tests: at a price of one micro-dollar a token, so amounts read as tokens."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import uuid6

from llm_bridge.models import Account, ModelCall, ModelPrice
from llm_bridge.money.accounts import OutOfBudget
from llm_bridge.money.budgets import Budget, Scope, build_budget
from llm_bridge.money.purchases import Hold, Purchase, Receipt
from llm_bridge.money.reservations import reserve, settle
from llm_bridge.values import FailureReason, Usage

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TODAY = NOW.date()
CONVERSATION = UUID("0190a000-0000-7000-8000-00000000000c")
PROMPT, COMPLETION = 60, 40
AMOUNT = PROMPT + COMPLETION


def set_price(input: int = 1, output: int = 1, valid_from: date = date(2026, 1, 1)) -> None:  # noqa: A002
    """Micro-dollars a token of the model `m` of the provider `test`."""
    ModelPrice.objects.update_or_create(
        provider="test",
        model="m",
        valid_from=valid_from,
        defaults={"input": input * 1_000_000, "output": output * 1_000_000},
    )


def limit_to(
    *,
    conversation: int | None = None,
    day: int | None = None,
    month: int | None = None,
    payer: int = 1,
    conversation_id: UUID = CONVERSATION,
    today: date = TODAY,
) -> Budget:
    return build_budget(
        payer=payer,
        conversation_id=conversation_id,
        today=today,
        conversation=conversation,
        day=day,
        month=month,
    )


def limit_one(scope: Scope, amount: int) -> Budget:
    conversation, day, month = (amount if each == scope else None for each in Scope)
    return limit_to(conversation=conversation, day=day, month=month)


def build_purchase(
    *,
    budget: Budget | None = None,
    prompt: int = PROMPT,
    completion: int = COMPLETION,
    at: datetime = NOW,
    model: str = "m",
) -> Purchase:
    return Purchase(
        call_id=uuid6.uuid7(),
        reference=uuid6.uuid7(),
        provider="test",
        host="models.example",
        model=model,
        model_release=3,
        prompt_version="1",
        most_prompt_tokens=prompt,
        likely_prompt_tokens=prompt // 2,
        max_tokens=completion,
        started_at=at,
        budget=budget,
    )


def build_receipt(
    prompt: int | None = PROMPT,
    completion: int = COMPLETION,
    *,
    cached: int = 0,
    said_tokens: int = 0,
    is_begun: bool = True,
    reason: FailureReason | None = None,
) -> Receipt:
    """Without `prompt` the provider counted nothing."""
    usage = None
    if prompt is not None:
        usage = Usage(prompt_tokens=prompt, completion_tokens=completion, cached_tokens=cached)
    return Receipt(
        outcome=ModelCall.Outcome.FAILED if reason else ModelCall.Outcome.ANSWERED,
        reason=reason,
        model="m",
        usage=usage,
        said_tokens=said_tokens,
        first_token_ms=100 if is_begun else None,
        total_ms=900,
        attempt=1,
    )


def buy(budget: Budget | None) -> Hold:
    """Raises OutOfBudget."""
    return reserve(purchase=build_purchase(budget=budget))


def try_to_buy(budget: Budget) -> Hold | None:
    try:
        return buy(budget)
    except OutOfBudget:
        return None


def pay(hold: Hold, receipt: Receipt | None = None) -> None:
    settle(hold=hold, receipt=receipt or build_receipt(), now=NOW)


def get_sums(scope: Scope, payer: int = 1) -> tuple[int, int]:
    """What is spent and reserved."""
    account = Account.objects.get(payer=payer, scope=scope)
    return account.spent, account.reserved
