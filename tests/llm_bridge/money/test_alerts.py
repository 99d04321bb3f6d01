"""At half, four fifths and all of a limit somebody is told, once for each period."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest

from llm_bridge.models import BudgetAlert
from llm_bridge.money.budgets import Budget
from tests.llm_bridge.money.buying import (
    AMOUNT,
    NOW,
    build_receipt,
    buy,
    limit_to,
    pay,
    set_price,
    try_to_buy,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _price() -> None:
    set_price()


def spend(budget: Budget, *amounts: int) -> None:
    for amount in amounts:
        pay(buy(budget), build_receipt(amount, 0))


def get_alerts() -> list[tuple[str, int]]:
    rows = BudgetAlert.objects.order_by("pk").values_list("account__scope", "threshold")
    return list(rows)


def test_each_share_of_a_limit_is_told_once() -> None:
    budget = limit_to(day=1000)
    spend(budget, 100, 100, 100, 100, 90)
    assert get_alerts() == []
    spend(budget, 10)
    assert get_alerts() == [("day", 50)]
    spend(budget, 90, 90, 90)
    assert get_alerts() == [("day", 50)]
    spend(budget, 50)
    assert get_alerts() == [("day", 50), ("day", 80)]


def test_a_refusal_for_want_of_money_says_that_all_is_used_up() -> None:
    budget = limit_to(month=AMOUNT + 50)
    spend(budget, 60)
    assert try_to_buy(budget) is None
    assert try_to_buy(budget) is None
    assert get_alerts() == [("month", 50), ("month", 80), ("month", 100)]


def test_a_refusal_because_of_calls_under_way_does_not() -> None:
    budget = limit_to(day=AMOUNT)
    buy(budget)
    assert try_to_buy(budget) is None
    assert get_alerts() == []


def test_the_next_day_tells_anew_and_the_month_does_not() -> None:
    spend(limit_to(day=100, month=250), 60)
    tomorrow = NOW.date() + timedelta(days=1)
    spend(limit_to(day=100, month=250, today=tomorrow), 70)
    assert get_alerts().count(("day", 50)) == 2
    assert get_alerts().count(("month", 50)) == 1


def test_one_visitors_conversation_is_no_alarm() -> None:
    budget = limit_to(conversation=AMOUNT)
    spend(budget, AMOUNT)
    assert try_to_buy(budget) is None
    assert get_alerts() == []


def test_the_log_has_a_line_with_fields(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, logger="llm_bridge.money.alerts"):
        spend(limit_to(day=100, payer=7), 50)
    (record,) = caplog.records
    told = vars(record)
    assert (record.message, told["per_cent"]) == ("budget is being used up", 50)
    assert (told["payer"], told["scope"], told["limit_micros"]) == (7, "day", 100)
