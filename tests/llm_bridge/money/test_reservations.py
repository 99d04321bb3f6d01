"""Spend is reserved before a call and settled after it: limits hold, and the books agree."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from llm_bridge.models import Account, ModelCall, Reservation
from llm_bridge.money.accounts import CONVERSATIONS_KEPT, OutOfBudget, forget_conversations
from llm_bridge.money.budgets import Scope
from llm_bridge.money.purchases import Hold, count_likely_tokens, count_most_tokens
from llm_bridge.money.reservations import EXPIRES_AFTER, expire, extend, reserve
from llm_bridge.values import FailureReason, Message, Request, Schema, Tool
from tests.llm_bridge.money.buying import (
    AMOUNT,
    COMPLETION,
    NOW,
    PROMPT,
    build_purchase,
    build_receipt,
    buy,
    get_sums,
    limit_one,
    limit_to,
    pay,
    set_price,
    try_to_buy,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _price() -> None:
    set_price()


def test_a_call_is_reserved_at_its_most_and_settled_at_what_it_cost() -> None:
    hold = buy(limit_to(conversation=1000, day=1000, month=1000))
    assert [get_sums(scope) for scope in Scope] == [(0, AMOUNT)] * 3
    pay(hold, build_receipt(50, 10))
    assert [get_sums(scope) for scope in Scope] == [(60, 0)] * 3
    assert not Reservation.objects.exists()


@pytest.mark.parametrize("scope", list(Scope))
def test_a_call_that_one_limit_has_no_room_for_is_refused_and_nothing_stays_reserved(
    scope: Scope,
) -> None:
    budget = limit_one(scope, AMOUNT * 2 - 1)
    pay(buy(budget))
    with pytest.raises(OutOfBudget) as refused:
        buy(budget)
    assert refused.value.limit.scope == scope
    assert [get_sums(each) for each in Scope] == [(AMOUNT, 0)] * 3
    assert not Reservation.objects.exists()


def test_a_limit_may_be_used_to_its_last_micro_dollar() -> None:
    budget = limit_to(day=AMOUNT * 2)
    pay(buy(budget))
    pay(buy(budget))
    assert try_to_buy(budget) is None


def test_what_is_under_way_counts_until_it_is_settled() -> None:
    budget = limit_to(day=AMOUNT)
    first = buy(budget)
    assert try_to_buy(budget) is None
    pay(first, build_receipt(0, 0))
    assert try_to_buy(budget)


def test_without_a_limit_spending_is_still_counted() -> None:
    pay(buy(limit_to()))
    assert get_sums(Scope.MONTH) == (AMOUNT, 0)


def test_a_limit_of_nothing_refuses_all_but_free_models() -> None:
    budget = limit_to(month=0)
    assert try_to_buy(budget) is None
    set_price(input=0, output=0)
    pay(buy(budget))
    assert ModelCall.objects.get().cost == 0


def test_another_site_another_day_and_another_conversation_have_their_own() -> None:
    pay(buy(limit_to(day=AMOUNT)))
    assert try_to_buy(limit_to(day=AMOUNT)) is None
    assert try_to_buy(limit_to(day=AMOUNT, payer=2))
    assert try_to_buy(limit_to(day=AMOUNT, today=NOW.date() + timedelta(days=1)))
    assert Account.objects.filter(payer=1, scope=Scope.MONTH).count() == 1


def test_a_limit_that_was_lowered_below_what_is_spent_refuses() -> None:
    pay(buy(limit_to(month=1000)))
    assert try_to_buy(limit_to(month=10)) is None


def test_the_call_is_priced_by_the_day_on_which_it_began() -> None:
    set_price(input=2, output=2, valid_from=NOW.date() + timedelta(days=1))
    budget = limit_to()
    before = reserve(purchase=build_purchase(budget=budget))
    after = reserve(purchase=build_purchase(budget=budget, at=NOW + timedelta(days=1)))
    assert (before.amount, after.amount) == (AMOUNT, AMOUNT * 2)


def test_the_ledger_has_tokens_cost_price_and_who_pays() -> None:
    pay(buy(limit_to(payer=7)), build_receipt(50, 10, cached=20))
    row = ModelCall.objects.get()
    assert (row.prompt_tokens, row.cached_tokens, row.completion_tokens) == (50, 20, 10)
    assert (row.cost, row.is_cost_estimated, row.payer, row.model_release) == (60, False, 7, 3)
    assert row.price == "test m 2026-01-01"


def test_tokens_that_nobody_counted_are_estimated_and_marked() -> None:
    pay(buy(limit_to()), build_receipt(None, said_tokens=5))
    row = ModelCall.objects.get()
    assert (row.prompt_tokens, row.completion_tokens, row.is_cost_estimated) == (None, None, True)
    assert row.cost == PROMPT // 2 + 5


@pytest.mark.parametrize("reason", ["connect", "rate_limited", "server_error", "auth"])
def test_a_call_that_was_refused_or_never_arrived_costs_nothing(reason: str) -> None:
    receipt = build_receipt(None, is_begun=False, reason=FailureReason(reason))
    pay(buy(limit_to(day=AMOUNT)), receipt)
    row = ModelCall.objects.get()
    assert (row.cost, row.is_cost_estimated, row.reason) == (0, False, reason)
    assert get_sums(Scope.DAY) == (0, 0)


@pytest.mark.parametrize("is_begun", [True, False])
def test_a_call_that_began_or_was_waited_for_in_vain_costs_its_prompt(is_begun: bool) -> None:
    reason = FailureReason.SERVER_ERROR if is_begun else FailureReason.TIMEOUT_FIRST_TOKEN
    pay(buy(limit_to()), build_receipt(None, is_begun=is_begun, reason=reason))
    assert ModelCall.objects.get().cost == PROMPT // 2


def test_a_call_that_asks_once_more_holds_more_and_is_settled_once() -> None:
    budget = limit_to(day=AMOUNT * 3)
    hold = buy(budget)
    twice = replace(hold.purchase, most_prompt_tokens=PROMPT * 2, max_tokens=COMPLETION * 2)
    longer = extend(hold=hold, purchase=twice)
    assert get_sums(Scope.DAY) == (0, AMOUNT * 2)
    pay(longer, build_receipt(PROMPT, COMPLETION))
    assert get_sums(Scope.DAY) == (AMOUNT, 0)
    assert ModelCall.objects.count() == 1


def test_a_call_that_may_not_ask_once_more_keeps_what_it_holds() -> None:
    hold = buy(limit_to(day=AMOUNT * 2 - 1))
    twice = replace(hold.purchase, most_prompt_tokens=PROMPT * 2, max_tokens=COMPLETION * 2)
    with pytest.raises(OutOfBudget):
        extend(hold=hold, purchase=twice)
    assert get_sums(Scope.DAY) == (0, AMOUNT)
    pay(hold)
    assert get_sums(Scope.DAY) == (AMOUNT, 0)


def test_a_model_without_a_price_is_dear_and_its_cost_a_guess() -> None:
    hold = reserve(purchase=build_purchase(budget=limit_to(), model="nobody-knows"))
    pay(hold, build_receipt(1000, 100))
    row = ModelCall.objects.get()
    assert (row.cost, row.is_cost_estimated) == (15_000 + 7_500, True)
    assert row.price.startswith("unknown")


def test_a_call_that_cost_more_than_its_bound_is_counted_in_full() -> None:
    budget = limit_to(day=AMOUNT)
    pay(buy(budget), build_receipt(1000, 0))
    assert get_sums(Scope.DAY) == (1000, 0)
    assert try_to_buy(budget) is None


def test_settling_twice_counts_once() -> None:
    hold = buy(limit_to())
    pay(hold)
    pay(hold)
    assert get_sums(Scope.DAY) == (AMOUNT, 0)
    assert ModelCall.objects.count() == 1


def test_a_call_whose_process_died_is_given_back_but_for_its_prompt_and_recorded() -> None:
    hold = buy(limit_to(day=AMOUNT))
    assert expire(now=NOW + EXPIRES_AFTER) == 0
    assert expire(now=NOW + EXPIRES_AFTER + timedelta(seconds=1)) == 1
    assert get_sums(Scope.DAY) == (PROMPT // 2, 0)
    row = ModelCall.objects.get(pk=hold.purchase.call_id)
    assert (row.outcome, row.cost, row.is_cost_estimated) == ("lost", PROMPT // 2, True)
    assert expire(now=NOW + timedelta(days=1)) == 0


def test_a_receipt_that_comes_after_its_call_was_given_up_sets_the_books_right() -> None:
    hold = buy(limit_to(day=AMOUNT))
    expire(now=NOW + timedelta(hours=1))
    pay(hold, build_receipt(50, 10))
    pay(hold, build_receipt(50, 10))
    assert get_sums(Scope.DAY) == (60, 0)
    row = ModelCall.objects.get()
    assert (row.outcome, row.cost, row.is_cost_estimated) == ("answered", 60, False)


def test_calls_without_a_budget_are_on_the_ledger_too() -> None:
    pay(buy(None))
    assert ModelCall.objects.get().payer is None
    assert not Account.objects.exists()


def test_accounts_of_conversations_long_past_go_and_days_and_months_stay() -> None:
    pay(buy(limit_to()))
    opened = Account.objects.first()
    assert opened
    assert forget_conversations(now=opened.opened_at + CONVERSATIONS_KEPT) == 0
    later = opened.opened_at + CONVERSATIONS_KEPT + timedelta(minutes=1)
    assert forget_conversations(now=later) == 1
    assert set(Account.objects.values_list("scope", flat=True)) == {"day", "month"}


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["buy", "pay", "die", "sweep"]),
        st.integers(1, 60),
        st.integers(0, 60),
        st.integers(0, 9),
    ),
    max_size=16,
)
_payers = iter(range(1000, 10**9))


@given(steps=STEPS, limits=st.tuples(*[st.none() | st.integers(0, 200)] * 3))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_happens_in_whatever_order_the_books_agree_and_limits_hold(
    steps: list[tuple[str, int, int, int]], limits: tuple[int | None, ...]
) -> None:
    payer, under_way, now = next(_payers), list[Hold](), NOW
    conversation, day, month = limits
    budget = limit_to(conversation=conversation, day=day, month=month, payer=payer)
    for step, size, other, place in steps:
        if step == "buy":
            purchase = build_purchase(budget=budget, prompt=size, completion=other, at=now)
            with suppress(OutOfBudget):
                under_way.append(reserve(purchase=purchase))
        elif under_way and step == "pay":
            hold = under_way.pop(place % len(under_way))
            bound = hold.purchase
            used = min(size, bound.most_prompt_tokens), min(other, bound.max_tokens)
            pay(hold, build_receipt(*used))
        elif under_way and step == "die":
            under_way.pop(place % len(under_way))  # nobody settles it any more
        else:
            now += EXPIRES_AFTER + timedelta(seconds=1)
            expire(now=now)
            under_way.clear()  # all were older
        calls = ModelCall.objects.filter(payer=payer).aggregate(sum=Sum("cost"))["sum"] or 0
        held = Reservation.objects.filter(payer=payer).aggregate(sum=Sum("amount"))["sum"] or 0
        for limit in budget.limits:
            account = Account.objects.filter(pk=limit.key).first()
            if account is None:
                continue
            assert (account.spent, account.reserved) == (calls, held)
            assert limit.amount is None or calls + held <= limit.amount


def test_no_text_has_more_tokens_than_are_reserved_for_it() -> None:
    # The dearest known texts: about a token for each byte.
    text = "\U0001f9d1\u200d\U0001f680 zq!x 漢字 \u0e01\u0e33" * 50
    tool = Tool(name="order", description="An order's state.", parameters={"type": "object"})
    plain = Request(messages=(Message("user", text),), max_tokens=10, temperature=0)
    assert count_most_tokens(plain) >= len(text.encode())
    assert count_likely_tokens(plain) < count_most_tokens(plain)
    more = Request(
        messages=plain.messages,
        max_tokens=10,
        temperature=0,
        tools=(tool,),
        response=Schema(name="answer", schema={"type": "object"}),
    )
    assert count_most_tokens(more) > count_most_tokens(plain)
