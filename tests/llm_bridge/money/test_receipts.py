"""A receipt that the database does not take is offered again; the answer does not wait for it."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest
from asgiref.sync import sync_to_async
from django.db import OperationalError

from llm_bridge.models import ModelCall, Reservation
from llm_bridge.money import ledger, till
from llm_bridge.money.bill import Bill
from llm_bridge.money.budgets import Scope
from llm_bridge.values import FailureReason, Message, Request
from tests.llm_bridge.money.buying import (
    build_purchase,
    build_receipt,
    get_sums,
    limit_to,
    set_price,
)

pytestmark = pytest.mark.django_db(transaction=True)

REQUEST = Request(messages=(Message("user", "Hello"),), max_tokens=10, temperature=0)


@pytest.fixture(autouse=True)
def _price() -> None:
    set_price()


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The ledger's database is away for as many receipts as the list's number says."""
    left = [2]
    record = ledger.record_receipt

    def fail_at_first(**receipt: object) -> None:
        left[0] -= 1
        if left[0] >= 0:
            raise OperationalError
        record(**receipt)  # type: ignore[arg-type]

    monkeypatch.setattr(ledger, "record_receipt", fail_at_first)
    monkeypatch.setattr(till, "PAUSES", (0.01,) * 5)
    return left


async def wait_for_receipts() -> None:
    for _ in range(500):
        if not till._waiting:
            return
        await asyncio.sleep(0.01)


async def test_a_receipt_is_offered_until_the_database_takes_it(away: list[int]) -> None:
    hold = await till.reserve(build_purchase(budget=limit_to(day=1000)))
    await till.settle(hold, build_receipt(50, 10))
    assert await sync_to_async(Reservation.objects.count)() == 1
    await wait_for_receipts()
    assert await sync_to_async(get_sums)(Scope.DAY) == (60, 0)
    assert (await sync_to_async(ModelCall.objects.get)()).cost == 60


async def test_a_receipt_that_never_gets_through_leaves_its_reservation_to_the_sweep(
    away: list[int],
) -> None:
    away[0] = 100
    hold = await till.reserve(build_purchase(budget=limit_to(day=1000)))
    await till.settle(hold, build_receipt(50, 10))
    await wait_for_receipts()
    assert await sync_to_async(Reservation.objects.count)() == 1
    assert not await sync_to_async(ModelCall.objects.exists)()


async def test_an_attempt_that_was_not_let_out_is_recorded_at_no_cost() -> None:
    bill = Bill(build_purchase(budget=limit_to()))
    await bill.close(build_receipt(None, is_begun=False, reason=FailureReason.BREAKER_OPEN))
    row = await sync_to_async(ModelCall.objects.get)()
    assert (row.cost, row.reason) == (0, "breaker_open")


async def test_whoever_is_cancelled_while_it_reserves_gives_it_back() -> None:
    bill = Bill(build_purchase(budget=limit_to(day=10_000), prompt=0, completion=0))
    reserving = asyncio.create_task(bill.reserve(REQUEST))
    await asyncio.sleep(0)
    reserving.cancel()
    with suppress(asyncio.CancelledError):
        await reserving
    await bill.close(build_receipt(0, 0))
    assert await sync_to_async(get_sums)(Scope.DAY) == (0, 0)
    assert not await sync_to_async(Reservation.objects.exists)()
    assert await sync_to_async(ModelCall.objects.count)() == 1


async def test_each_further_request_of_an_attempt_holds_more_and_all_is_settled_once() -> None:
    bill = Bill(build_purchase(budget=limit_to(day=10_000), prompt=0, completion=0))
    held = []
    for _ in range(3):
        await bill.reserve(REQUEST)
        held.append((await sync_to_async(get_sums)(Scope.DAY))[1])
    assert held[0] > 0
    assert held == [held[0], held[0] * 2, held[0] * 3]
    await bill.close(build_receipt(30, 3))
    assert await sync_to_async(get_sums)(Scope.DAY) == (33, 0)
