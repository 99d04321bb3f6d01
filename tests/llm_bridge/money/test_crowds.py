"""Fifty calls at once, in threads and in processes, never spend more than a limit allows."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest
from django.db import connection, connections

from chatbot.config.env import BASE_DIR
from llm_bridge.models import BudgetAlert, ModelCall, Reservation
from llm_bridge.money.budgets import Scope
from llm_bridge.money.reservations import expire
from tests.llm_bridge.money.buying import (
    AMOUNT,
    NOW,
    buy,
    get_sums,
    limit_one,
    limit_to,
    pay,
    set_price,
    try_to_buy,
)
from tests.processes import build_environment

pytestmark = pytest.mark.django_db(transaction=True)

CROWD = 50
THREADS = 12  # a connection each, as many as a process has
ROOM = 17


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(THREADS) as pool:
        yield pool
        gate = Barrier(THREADS)

        def close() -> None:
            gate.wait(10)  # each thread closes its own
            connections.close_all()

        for closing in [pool.submit(close) for _ in range(THREADS)]:
            closing.result()


@pytest.fixture(autouse=True)
def _price() -> None:
    set_price()


@pytest.mark.parametrize("scope", list(Scope))
def test_of_fifty_at_once_as_many_are_let_through_as_there_is_money_for(
    threads: ThreadPoolExecutor, scope: Scope
) -> None:
    budget = limit_one(scope, AMOUNT * ROOM)
    holds = [hold for hold in threads.map(lambda _: try_to_buy(budget), range(CROWD)) if hold]
    assert len(holds) == ROOM
    assert get_sums(scope) == (0, AMOUNT * ROOM)
    list(threads.map(pay, holds))
    assert [get_sums(each) for each in Scope] == [(AMOUNT * ROOM, 0)] * 3


def test_fifty_conversations_of_one_site_share_its_day_and_none_waits_in_a_circle(
    threads: ThreadPoolExecutor,
) -> None:
    def buy_and_pay(number: int) -> bool:
        budget = limit_to(
            conversation=AMOUNT, day=AMOUNT * ROOM, conversation_id=UUID(int=number % 25)
        )
        hold = try_to_buy(budget)
        if hold:
            pay(hold)
        return hold is not None

    bought = sum(threads.map(buy_and_pay, range(CROWD)))
    assert bought == ROOM == ModelCall.objects.count()
    assert get_sums(Scope.DAY) == (AMOUNT * ROOM, 0)
    assert list(BudgetAlert.objects.values_list("threshold", flat=True)) == [100, 80, 50]


def test_a_receipt_and_a_sweep_at_once_settle_a_call_once(threads: ThreadPoolExecutor) -> None:
    holds = [buy(limit_to()) for _ in range(10)]
    late = NOW.replace(hour=13)
    jobs = [*(lambda hold=hold: pay(hold) for hold in holds), *[lambda: expire(now=late)] * 5]
    list(threads.map(lambda job: job(), jobs))
    assert get_sums(Scope.DAY) == (AMOUNT * 10, 0)
    assert not Reservation.objects.exists()
    assert set(ModelCall.objects.values_list("outcome", flat=True)) == {"answered"}


@pytest.mark.long
def test_several_processes_together_never_overspend() -> None:
    budget = limit_to(month=AMOUNT * ROOM)
    command = [sys.executable, "-m", "tests.llm_bridge.money.spender", str(AMOUNT * ROOM), "25"]
    environment = build_environment({"DATABASE_URL": _build_url(connection.settings_dict)})
    running = [
        subprocess.Popen(command, cwd=BASE_DIR, env=environment, stdout=subprocess.PIPE)
        for _ in range(2)
    ]
    bought = [int(each.communicate(timeout=60)[0]) for each in running]
    assert sum(bought) == ROOM
    assert get_sums(Scope.MONTH) == (AMOUNT * ROOM, 0)
    assert try_to_buy(budget) is None


def _build_url(settings: dict[str, Any]) -> str:
    """The test database as another process names it."""
    if connection.vendor == "sqlite":
        return f"sqlite:///{settings['NAME']}"
    account = f"{quote(settings['USER'])}:{quote(settings['PASSWORD'] or '')}"
    return f"postgres://{account}@{settings['HOST']}:{settings['PORT'] or 5432}/{settings['NAME']}"
