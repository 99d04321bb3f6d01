"""The only writer of the ledger of model calls."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from llm_bridge.models import ModelCall
from llm_bridge.money.purchases import Cost, Hold, Purchase, Receipt
from llm_bridge.money.tables import Reservation

Outcome = ModelCall.Outcome


def record_receipt(*, hold: Hold, receipt: Receipt, cost: Cost) -> None:
    """The row of a call that ended."""
    ModelCall.objects.create(
        **_build_start(hold.purchase), **_build_end(receipt, cost), price=hold.price.name
    )


def record_unpaid(*, purchase: Purchase, receipt: Receipt, now: datetime) -> None:  # noqa: ARG001 - as the others
    """The row of an attempt that was not let out; twice is harmless."""
    start, cost = _build_start(purchase), Cost(amount=0, is_estimated=False)
    ModelCall.objects.get_or_create(
        id=start.pop("id"), defaults={**start, **_build_end(receipt, cost)}
    )


def record_lost(*, reservation: Reservation, now: datetime) -> None:
    """The row of a call whose process died: its prompt counts as paid."""
    ModelCall.objects.create(
        id=reservation.pk,
        reference=reservation.reference,
        payer=reservation.payer,
        provider=reservation.provider,
        provider_host=reservation.provider_host,
        model=reservation.model,
        model_release=reservation.model_release,
        prompt_version=reservation.prompt_version,
        price=reservation.price,
        started_at=reservation.started_at,
        cost=reservation.prompt_cost,
        is_cost_estimated=True,
        total_ms=(now - reservation.started_at) // timedelta(milliseconds=1),
        outcome=Outcome.LOST,
        attempt=1,
    )


def correct_lost(*, hold: Hold, receipt: Receipt, cost: Cost) -> int | None:
    """A receipt that came after its call was given up replaces that row.

    Gives what the row had counted; None where the call has its receipt already.
    """
    call = ModelCall.objects.select_for_update().filter(pk=hold.purchase.call_id).first()
    if call is None or call.outcome != Outcome.LOST:
        return None
    counted = call.cost
    for name, value in _build_end(receipt, cost).items():
        setattr(call, name, value)
    call.save()
    return counted


def _build_start(purchase: Purchase) -> dict[str, Any]:
    return {
        "id": purchase.call_id,
        "reference": purchase.reference,
        "payer": purchase.budget.payer if purchase.budget else None,
        "provider": purchase.provider,
        "provider_host": purchase.host,
        "model_release": purchase.model_release,
        "prompt_version": purchase.prompt_version,
        "started_at": purchase.started_at,
    }


def _build_end(receipt: Receipt, cost: Cost) -> dict[str, Any]:
    usage = receipt.usage
    return {
        "model": receipt.model,
        "prompt_tokens": usage.prompt_tokens if usage else None,
        "cached_tokens": usage.cached_tokens if usage else None,
        "completion_tokens": usage.completion_tokens if usage else None,
        "cost": cost.amount,
        "is_cost_estimated": cost.is_estimated,
        "first_token_ms": receipt.first_token_ms,
        "total_ms": receipt.total_ms,
        "outcome": receipt.outcome,
        "reason": receipt.reason or "",
        "attempt": receipt.attempt,
    }
