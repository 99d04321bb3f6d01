"""Reserves what a call may cost before it is made, and settles it when it ended.

A reservation is a row from before the call until its receipt, so the ledger knows of every call:
whoever made it and died leaves a row that expires and is then recorded as `lost`.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from llm_bridge.money import accounts, alerts, ledger
from llm_bridge.money.accounts import OutOfBudget
from llm_bridge.money.budgets import Budget
from llm_bridge.money.price_lists import read_lists
from llm_bridge.money.prices import Price, find_price
from llm_bridge.money.purchases import Hold, Purchase, Receipt, build_cost
from llm_bridge.money.tables import Reservation

# Longer than any call may take; a receipt that comes later still counts.
EXPIRES_AFTER = timedelta(minutes=3)
EXPIRED_AT_ONCE = 500

logger = logging.getLogger(__name__)


def reserve(*, purchase: Purchase) -> Hold:
    """Holds the most that the call can cost on all of its accounts, or on none.

    A call without a price needs no account: it is always possible. Raises OutOfBudget.
    """
    price = _find_price(purchase)
    hold = Hold(purchase=purchase, price=price, amount=_build_most(price, purchase))
    budget = _get_budget(hold)
    if budget:
        accounts.open_accounts(budget)
    with _telling_refusals(purchase), transaction.atomic():
        keys = accounts.hold(budget=budget, amount=hold.amount) if budget else []
        _insert(hold, keys)
    return hold


def extend(*, hold: Hold, purchase: Purchase) -> Hold:
    """Holds more for a call that asks once more, as with the results of tools: `purchase` is the
    whole of it now. Raises OutOfBudget; what was held before then stays."""
    longer = Hold(purchase=purchase, price=hold.price, amount=_build_most(hold.price, purchase))
    budget = _get_budget(longer)
    with _telling_refusals(purchase), transaction.atomic():
        if budget:
            accounts.hold(budget=budget, amount=longer.amount - hold.amount)
        Reservation.objects.filter(pk=purchase.call_id).update(
            amount=longer.amount, prompt_cost=_build_prompt_cost(longer)
        )
    return longer


def settle(*, hold: Hold, receipt: Receipt, now: datetime) -> None:
    """Pays what the call cost and writes its receipt; twice is harmless."""
    cost, budget = build_cost(hold=hold, receipt=receipt), _get_budget(hold)
    with transaction.atomic():
        reservation = take(hold.purchase.call_id)
        if reservation:
            accounts.pay(keys=reservation.accounts, reserved=reservation.amount, cost=cost.amount)
            ledger.record_receipt(hold=hold, receipt=receipt, cost=cost)
        elif (counted := ledger.correct_lost(hold=hold, receipt=receipt, cost=cost)) is not None:
            keys = [limit.key for limit in budget.limits] if budget else []
            accounts.pay(keys=keys, reserved=0, cost=cost.amount - counted)
        if budget:
            alerts.record_alerts(budget=budget, now=now)


def expire(*, now: datetime) -> int:
    """Returns what calls reserved whose process died, but for their prompts; says how many."""
    overdue = Reservation.objects.filter(expires_at__lt=now).values_list("pk", flat=True)
    lost = [pk for pk in overdue[:EXPIRED_AT_ONCE] if _expire(pk, now)]
    if lost:
        logger.warning("calls without a receipt", extra={"count": len(lost)})
    return len(lost)


def _expire(call_id: UUID, now: datetime) -> bool:
    with transaction.atomic():
        reservation = take(call_id)
        if reservation is None:  # its receipt came, or another process was faster
            return False
        accounts.pay(
            keys=reservation.accounts, reserved=reservation.amount, cost=reservation.prompt_cost
        )
        ledger.record_lost(reservation=reservation, now=now)
    return True


def take(call_id: UUID) -> Reservation | None:
    """The reservation, which is gone now; None for all but one who ask."""
    reservation = Reservation.objects.select_for_update().filter(pk=call_id).first()
    if reservation is not None:
        Reservation.objects.filter(pk=call_id).delete()
    return reservation


@contextmanager
def _telling_refusals(purchase: Purchase) -> Iterator[None]:
    try:
        yield
    except OutOfBudget as refused:
        with transaction.atomic():
            alerts.record_refusal(
                limit=refused.limit, amount=refused.amount, now=purchase.started_at
            )
        raise


def _find_price(purchase: Purchase) -> Price:
    return find_price(
        provider=purchase.provider,
        host=purchase.host,
        model=purchase.model,
        day=purchase.started_at.date(),
        lists=read_lists(),
    )


def _build_most(price: Price, purchase: Purchase) -> int:
    return price.build_cost(
        prompt=purchase.most_prompt_tokens, cached=0, completion=purchase.max_tokens
    )


def _build_prompt_cost(hold: Hold) -> int:
    return hold.price.build_cost(prompt=hold.purchase.likely_prompt_tokens, cached=0, completion=0)


def _get_budget(hold: Hold) -> Budget | None:
    """Who pays; nobody for what is free."""
    return hold.purchase.budget if hold.amount else None


def _insert(hold: Hold, keys: list[str]) -> None:
    purchase = hold.purchase
    Reservation.objects.create(
        id=purchase.call_id,
        accounts=keys,
        amount=hold.amount,
        prompt_cost=_build_prompt_cost(hold),
        payer=purchase.budget.payer if purchase.budget else None,
        reference=purchase.reference,
        provider=purchase.provider,
        provider_host=purchase.host,
        model=purchase.model,
        model_release=purchase.model_release,
        prompt_version=purchase.prompt_version,
        price=hold.price.name,
        started_at=purchase.started_at,
        expires_at=purchase.started_at + EXPIRES_AFTER,
    )
