"""What is spent and reserved: one row for each scope, changed by one conditional statement each.

All rows of a call are changed in one transaction and in the order of Scope, so two calls wait for
each other at most, never in a circle.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import F

from llm_bridge.money.budgets import Budget, Limit, Scope
from llm_bridge.money.tables import Account

# A conversation that rests longer may spend anew.
CONVERSATIONS_KEPT = timedelta(days=90)


class OutOfBudget(Exception):
    """A call could cost more than one of its limits has left."""

    def __init__(self, limit: Limit, amount: int) -> None:
        super().__init__(limit.scope.value)
        self.limit = limit
        self.amount = amount


def open_accounts(budget: Budget) -> None:
    """Makes the rows that are missing."""
    Account.objects.bulk_create(
        [
            Account(key=limit.key, payer=limit.payer, scope=limit.scope, period=limit.period)
            for limit in budget.limits
        ],
        ignore_conflicts=True,
    )


def hold(*, budget: Budget, amount: int) -> list[str]:
    """Reserves the amount on each account; gives their keys.

    Raises OutOfBudget; the caller's transaction then takes back what was held before.
    """
    for limit in budget.limits:
        account = Account.objects.filter(pk=limit.key)
        if limit.amount is not None:
            account = account.filter(spent__lte=limit.amount - amount - F("reserved"))
        if not account.update(reserved=F("reserved") + amount):
            raise OutOfBudget(limit, amount)
    return [limit.key for limit in budget.limits]


def pay(*, keys: Sequence[str], reserved: int, cost: int) -> None:
    """Gives back what was reserved and counts what it cost instead."""
    for key in keys:
        Account.objects.filter(pk=key).update(
            reserved=F("reserved") - reserved, spent=F("spent") + cost
        )


def forget_conversations(*, now: datetime) -> int:
    """Removes the accounts of conversations long past; says how many."""
    old = Account.objects.filter(scope=Scope.CONVERSATION, opened_at__lt=now - CONVERSATIONS_KEPT)
    return old.delete()[0]
