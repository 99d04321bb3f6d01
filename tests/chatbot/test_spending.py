"""What visitors get when a question may cost nothing more: what the site's editor chose."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from asgiref.sync import async_to_sync
from django.utils import timezone

from chatbot.conversations import dispatch
from chatbot.conversations.models import Exchange, Site
from llm_bridge.models import Account, Article, BudgetAlert, ModelCall, ModelPrice, Reservation
from llm_bridge.money.budgets import Scope
from tests.chatbot.conftest import UseModel
from tests.llm_bridge.fake_provider import FakeProvider
from tests.server import Server

DESCALING = "how do I descale my kettle?"
UNCOVERED = "do you sell tea towels?"
# Of the fake provider's answer: 120 tokens read, 15 written.
COST = 120 + 15


@pytest.fixture(autouse=True)
def _priced_model(use_model: UseModel, site: Site) -> None:
    use_model("ok")
    ModelPrice.objects.create(
        provider="other",
        model="*",
        valid_from=date(2026, 1, 1),
        input=1_000_000,
        output=1_000_000,
    )
    Site.objects.update(cache_enabled=False)


def limit(**limits: object) -> None:
    Site.objects.update(**limits)


def test_an_answer_is_counted_on_conversation_day_and_month(server: Server, site: Site) -> None:
    with server.chat() as visitor:
        exchange = Exchange.objects.get(pk=visitor.ask(UNCOVERED)["exchange"])
    assert exchange.model_call
    assert (exchange.model_call.cost, exchange.model_call.payer) == (COST, site.pk)
    accounts = dict(Account.objects.values_list("scope", "spent"))
    assert accounts == dict.fromkeys(Scope.values, COST)
    assert not Reservation.objects.exists()


def test_at_a_limit_an_article_is_quoted(
    server: Server, provider: FakeProvider, article: Article
) -> None:
    limit(budget_day=1)
    with server.chat() as visitor:
        answer = visitor.ask(DESCALING)
    assert answer["source"] == "knowledge"
    exchange = Exchange.objects.get(pk=answer["exchange"])
    assert exchange.failure == "budget"
    assert provider.completions == []
    assert ModelCall.objects.get().reason == "budget"
    assert BudgetAlert.objects.filter(threshold=100).count() == 1


@pytest.mark.parametrize("scope", ["conversation", "day", "month"])
def test_without_an_article_a_person_is_called_for_want_of_money(
    server: Server, scope: str
) -> None:
    limit(**{f"budget_{scope}": 1})
    with server.chat() as visitor:
        answer = visitor.ask(UNCOVERED)
        assert visitor.read_event()["status"] == "queued"
    exchange = Exchange.objects.get(pk=answer["exchange"])
    assert (exchange.failure, exchange.handoff_reason) == ("budget", "usage_limit")


def test_a_site_may_send_everybody_to_a_person(server: Server, article: Article) -> None:
    limit(budget_day=1, at_limit="person")
    with server.chat() as visitor:
        answer = visitor.ask(DESCALING)
        assert visitor.read_event()["status"] == "queued"
    assert answer["source"] == "fallback"


def test_a_site_may_go_on_with_rules_alone_and_says_so_once(server: Server) -> None:
    limit(budget_day=1, at_limit="line", limit_line="Not today.")
    with server.chat() as visitor:
        answer = visitor.ask(UNCOVERED)
        assert (answer["text"], answer["source"]) == ("Not today.", "fallback")
        assert answer["options"] == ["Talk to a person"]
        assert visitor.ask("where is my order AB-123456")["source"] == "rule"
        assert visitor.ask(UNCOVERED)["text"] == "Not today."
        # Never the same twice in a row: then a person.
        visitor.ask("do you sell cups?")
        assert visitor.read_event()["status"] == "queued"


def test_a_model_that_costs_nothing_is_asked_at_any_limit(server: Server) -> None:
    ModelPrice.objects.update(input=0, output=0)
    limit(budget_conversation=0, budget_day=0, budget_month=0)
    with server.chat() as visitor:
        assert visitor.ask(UNCOVERED)["source"] == "llm"


def test_a_conversation_at_its_limit_leaves_the_others_theirs(server: Server) -> None:
    limit(budget_conversation=20_000)
    account = None
    with server.chat() as visitor:
        assert visitor.ask(UNCOVERED)["source"] == "llm"
        account = Account.objects.get(scope=Scope.CONVERSATION)
        Account.objects.filter(pk=account.pk).update(spent=20_000)
        assert visitor.ask("do you sell cups?")["source"] == "fallback"
    with server.chat() as visitor:
        assert visitor.ask(UNCOVERED)["source"] == "llm"


def test_the_day_is_the_sites_own(server: Server) -> None:
    limit(timezone="Pacific/Kiritimati")  # fourteen hours before UTC
    with server.chat() as visitor:
        visitor.ask(UNCOVERED)
    today = (datetime.now(UTC) + timedelta(hours=14)).date()
    assert Account.objects.get(scope=Scope.DAY).period == today.isoformat()


def test_the_sweep_takes_back_what_a_dead_process_reserved(site: Site) -> None:
    begun = timezone.now() - timedelta(hours=1)
    Reservation.objects.create(
        id="0190a000-0000-7000-8000-000000000001",
        amount=100,
        prompt_cost=40,
        reference="0190a000-0000-7000-8000-000000000002",
        started_at=begun,
        expires_at=begun,
    )
    async_to_sync(dispatch.sweep)()
    assert not Reservation.objects.exists()
    assert ModelCall.objects.get().outcome == "lost"
