"""Tells once for each period when half, four fifths and all of a limit are used up."""

from __future__ import annotations

import logging
from datetime import datetime
from functools import partial

from django.db import transaction

from llm_bridge.money.budgets import Budget, Limit, Scope
from llm_bridge.money.tables import Account, BudgetAlert

THRESHOLDS = (50, 80, 100)  # per cent

logger = logging.getLogger(__name__)


def record_alerts(*, budget: Budget, now: datetime) -> None:
    """After a payment. A conversation's own limit is nobody's alarm: it holds off one visitor."""
    for limit in budget.limits:
        if limit.scope == Scope.CONVERSATION or limit.amount is None:
            continue
        spent = Account.objects.values_list("spent", flat=True).get(pk=limit.key)
        _record(limit, limit.amount, spent, reached=spent * 100, now=now)


def record_refusal(*, limit: Limit, amount: int, now: datetime) -> None:
    """A call of `amount` was refused: if what was really spent leaves no room for it, the limit
    is used up. Where only calls under way were in its way, it is not."""
    if limit.scope == Scope.CONVERSATION or limit.amount is None:
        return
    spent = Account.objects.values_list("spent", flat=True).get(pk=limit.key)
    if spent + amount > limit.amount:
        _record(limit, limit.amount, spent, reached=limit.amount * 100, now=now)


def _record(limit: Limit, amount: int, spent: int, *, reached: int, now: datetime) -> None:
    for threshold in THRESHOLDS:
        if reached < amount * threshold:
            return
        quiet = Account.objects.filter(pk=limit.key, alerted__lt=threshold)
        if quiet.update(alerted=threshold):
            BudgetAlert.objects.create(
                account_id=limit.key, threshold=threshold, limit=amount, spent=spent, at=now
            )
            transaction.on_commit(partial(_tell, limit, threshold, amount, spent))


def _tell(limit: Limit, threshold: int, amount: int, spent: int) -> None:
    logger.warning(
        "budget used up" if threshold == THRESHOLDS[-1] else "budget is being used up",
        extra={
            "payer": limit.payer,
            "scope": limit.scope.value,
            "period": limit.period,
            "per_cent": threshold,
            "limit_micros": amount,
            "spent_micros": spent,
        },
    )
