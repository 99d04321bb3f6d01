"""What models cost, as whoever pays reads it, and prices as people write them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from chatbot.conversations.models import Site
from llm_bridge.models import ModelCall, ModelPrice
from llm_bridge.money.accounts import open_accounts, pay
from llm_bridge.money.alerts import record_alerts
from llm_bridge.money.amounts import build_dollars
from llm_bridge.money.figures import read_prompt_size
from tests.desk.conftest import Tell
from tests.llm_bridge.money.buying import build_purchase, limit_to

COSTS = "/admin/costs/"


def add_call(site: Site, **fields: Any) -> ModelCall:
    values = {
        "reference": build_purchase().reference,
        "payer": site.pk,
        "provider": "openai",
        "provider_host": "api.openai.com",
        "model": "gpt-5.4-mini",
        "prompt_version": "3",
        "prompt_tokens": 1000,
        "completion_tokens": 100,
        "cost": 1200,
        "price": "openai gpt-5.4-mini 2025-01-01",
        "total_ms": 900,
        "outcome": "answered",
        "attempt": 1,
        "started_at": timezone.now(),
    }
    return ModelCall.objects.create(**{**values, **fields})


def spend(site: Site, amount: int, limit: int) -> None:
    Site.objects.update(budget_day=limit)
    budget = limit_to(day=limit, payer=site.pk, today=timezone.now().date())
    open_accounts(budget)
    pay(keys=[each.key for each in budget.limits], reserved=0, cost=amount)
    record_alerts(budget=budget, now=timezone.now())


def test_the_page_tells_what_each_model_cost_and_how_much_is_left(
    editor: Client, site: Site
) -> None:
    add_call(site)
    add_call(site, model="ours", cost=90_000, is_cost_estimated=True, price="unknown * 2025-01-01")
    spend(site, 91_200, 100_000)
    page = editor.get(COSTS).content.decode()
    for told in ("gpt-5.4-mini", "$0.0012", "$0.09", "of $0.10", "80 % reached", "price not known"):
        assert told in page, told


def test_the_first_page_warns_where_a_limit_is_nearly_used_up(editor: Client, site: Site) -> None:
    assert "Model costs" not in editor.get("/admin/").content.decode()
    spend(site, 90_000, 100_000)
    assert "has spent $0.09 of its $0.10" in " ".join(
        editor.get("/admin/").content.decode().split()
    )


def test_without_any_call_the_page_says_so(editor: Client, site: Site) -> None:
    assert "No model was asked this month." in editor.get(COSTS).content.decode()


def test_strangers_see_no_costs(client: Client, site: Site) -> None:
    assert client.get(COSTS).status_code == 302


def test_an_exchange_shows_what_its_answer_cost(administrator: Client, tell: Tell) -> None:
    exchange = tell("where is my parcel").exchange_set.get()
    call = add_call(exchange.conversation.site, reference=exchange.pk)
    type(exchange).objects.update(model_call=call, cached_from=exchange.pk)
    page = administrator.get(f"/admin/conversations/exchange/{exchange.pk}/change/")
    assert "$0.0012" in page.content.decode()
    assert "First answered in" in page.content.decode()


def test_a_price_is_written_in_dollars(administrator: Client, site: Site) -> None:
    fields = {
        "provider": "OpenAI",
        "model": "ours",
        "valid_from": "2026-11-22",
        "input": "0.75",
        "cached": "",
        "output": "4.5",
    }
    answer = administrator.post("/admin/llm_bridge/modelprice/add/", fields)
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    price = ModelPrice.objects.get()
    assert (price.provider, price.valid_from) == ("openai", date(2026, 11, 22))
    assert (price.input, price.cached, price.output) == (750_000, None, 4_500_000)


def test_a_price_of_no_known_kind_is_refused(administrator: Client, site: Site) -> None:
    fields = {"provider": "opnai", "model": "x", "valid_from": "2026-11-22", "input": "1"}
    answer = administrator.post("/admin/llm_bridge/modelprice/add/", {**fields, "output": "1"})
    assert list(answer.context["adminform"].form.errors) == ["provider"]


@pytest.mark.parametrize("page", ["modelcall", "modelprice", "cachedanswer"])
def test_editors_read_calls_prices_and_stored_answers(editor: Client, page: str) -> None:
    assert editor.get(f"/admin/llm_bridge/{page}/").status_code == 200


def test_the_size_of_prompts_counts_all_attempts_of_an_answer(site: Site) -> None:
    assert read_prompt_size() is None
    for number in range(1, 101):
        add_call(site, prompt_tokens=number)
    again = add_call(site, prompt_tokens=400)
    add_call(site, prompt_tokens=500, reference=again.reference)
    assert read_prompt_size() == 96
    ModelCall.objects.exclude(reference=again.reference).delete()
    assert read_prompt_size() == 900


@pytest.mark.parametrize(
    ("micros", "shown"),
    [
        (0, "$0.00"),
        (1_234_500_000, "$1,234.50"),
        (10_000, "$0.01"),
        (4_200, "$0.0042"),
        (99, "less than $0.0001"),
    ],
)
def test_amounts_read_as_money(micros: int, shown: str) -> None:
    assert build_dollars(micros) == shown
