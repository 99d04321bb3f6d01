"""Reserves what a call may cost before it is made, and settles it when it ended.

A reservation is a row from before the call until its receipt, so the ledger knows of every call:
whoever made it and died leaves a row that expires and is then recorded as `lost`.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from llm_bridge.money import accounts, alerts, ledger
from llm_bridge.money.accounts import OutOfBudget
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
    amount = price.build_cost(
        prompt=purchase.most_prompt_tokens, cached=0, completion=purchase.max_tokens
    )
    budget = purchase.budget if amount else None
    if budget:
        accounts.open_accounts(budget)
    try:
        with transaction.atomic():
            keys = accounts.hold(budget=budget, amount=amount) if budget else []
            _insert(purchase, price, amount, keys)
    except OutOfBudget as refused:
        with transaction.atomic():
            alerts.record_refusal(limit=refused.limit, amount=amount, now=purchase.started_at)
        raise
    return Hold(purchase=purchase, price=price, amount=amount)


def settle(*, hold: Hold, receipt: Receipt, now: datetime) -> None:
    """Pays what the call cost and writes its receipt; twice is harmless."""
    cost = build_cost(hold=hold, receipt=receipt)
    with transaction.atomic():
        reservation = take(hold.purchase.call_id)
        if reservation:
            keys = reservation.accounts
            accounts.pay(keys=keys, reserved=reservation.amount, cost=cost.amount)
            ledger.record_receipt(hold=hold, receipt=receipt, cost=cost)
        elif (counted := ledger.correct_lost(hold=hold, receipt=receipt, cost=cost)) is not None:
            accounts.pay(keys=_get_keys(hold), reserved=0, cost=cost.amount - counted)
        if hold.purchase.budget and hold.amount:
            alerts.record_alerts(budget=hold.purchase.budget, now=now)


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


def _find_price(purchase: Purchase) -> Price:
    return find_price(
        provider=purchase.provider,
        host=purchase.host,
        model=purchase.model,
        day=purchase.started_at.date(),
        lists=read_lists(),
    )


def _insert(purchase: Purchase, price: Price, amount: int, keys: list[str]) -> None:
    Reservation.objects.create(
        id=purchase.call_id,
        accounts=keys,
        amount=amount,
        prompt_cost=price.build_cost(prompt=purchase.likely_prompt_tokens, cached=0, completion=0),
        payer=purchase.budget.payer if purchase.budget else None,
        reference=purchase.reference,
        provider=purchase.provider,
        provider_host=purchase.host,
        model=purchase.model,
        model_release=purchase.model_release,
        prompt_version=purchase.prompt_version,
        price=price.name,
        started_at=purchase.started_at,
        expires_at=purchase.started_at + EXPIRES_AFTER,
    )


def _get_keys(hold: Hold) -> list[str]:
    budget = hold.purchase.budget if hold.amount else None
    return [limit.key for limit in budget.limits] if budget else []
