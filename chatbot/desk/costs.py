"""What models cost: a page for whoever pays, and the line of it on the first page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from chatbot.conversations.budgets import find_day
from chatbot.conversations.ids import build_floor
from chatbot.conversations.models import Exchange, Site, Source
from llm_bridge.models import BudgetAlert
from llm_bridge.money.amounts import build_dollars
from llm_bridge.money.budgets import Scope
from llm_bridge.money.figures import (
    Spending,
    read_account,
    read_alerts,
    read_prompt_size,
    read_spending,
)

PERMISSION = "llm_bridge.view_modelcall"


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """How much of one limit is used up; amounts in words."""

    title: str
    key: str
    spent: str
    limit: str
    share: int  # per cent
    alerts: Sequence[BudgetAlert]

    @property
    def is_tight(self) -> bool:
        return bool(self.alerts and self.alerts[0].threshold >= 80)


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteCosts:
    site: Site
    uses: Sequence[Use]
    conversation: str  # the limit of one conversation


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One model of one site this month."""

    site_name: str
    spending: Spending
    cost: str
    average: str  # of an answer


@require_GET
def show_costs(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    sites = list(Site.objects.order_by("name"))
    month = timezone.localtime(now).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    spending = read_spending(since=month)
    total = sum(each.cost for each in spending)
    answered = sum(each.answered for each in spending)
    context = {
        **admin.site.each_context(request),
        "title": "Model costs",
        "sites": [build_site_costs(site, now) for site in sites],
        "rows": build_rows(spending, {site.pk: site.name for site in sites}),
        "total": build_dollars(total),
        "average": build_dollars(total // answered) if answered else "–",
        "prompt_size": read_prompt_size(),
        "repeated": Exchange.objects.filter(
            pk__gte=build_floor(month), source=Source.CACHE
        ).count(),
        "unpriced": sorted({each.model for each in spending if each.unpriced}),
    }
    request.current_app = admin.site.name
    return render(request, "desk/costs.html", context)


costs_page = admin.site.admin_view(
    permission_required(PERMISSION, raise_exception=True)(show_costs)
)


def read_today(*, now: datetime) -> dict[str, object]:
    """For the first page: what today cost on all sites, and limits that are nearly used up."""
    sites = [build_site_costs(site, now) for site in Site.objects.order_by("name")]
    spent = 0
    for each in sites:
        today = find_day(site=each.site, now=now).isoformat()
        account = read_account(payer=each.site.pk, scope=Scope.DAY, period=today)
        spent += account.spent if account else 0
    tight = [(each.site, use) for each in sites for use in each.uses if use.is_tight]
    return {"spent": build_dollars(spent), "tight": tight}


def build_site_costs(site: Site, now: datetime) -> SiteCosts:
    today = find_day(site=site, now=now).isoformat()
    limit = site.budget_conversation
    return SiteCosts(
        site=site,
        uses=[
            _build_use(site, Scope.DAY, today, "Today", site.budget_day),
            _build_use(site, Scope.MONTH, today[:7], "This month", site.budget_month),
        ],
        conversation="" if limit is None else build_dollars(limit),
    )


def _build_use(site: Site, scope: Scope, period: str, title: str, limit: int | None) -> Use:
    account = read_account(payer=site.pk, scope=scope, period=period)
    spent = account.spent if account else 0
    return Use(
        title=title,
        key=account.key if account else "",
        spent=build_dollars(spent),
        limit="" if limit is None else build_dollars(limit),
        share=min(100, spent * 100 // limit) if limit else 0,
        alerts=read_alerts(keys=[account.key]) if account and account.alerted else (),
    )


def build_rows(spending: Sequence[Spending], names: dict[int, str]) -> list[Row]:
    return [
        Row(
            site_name=names.get(each.payer or 0, "no site"),
            spending=each,
            cost=build_dollars(each.cost),
            average=build_dollars(each.cost // each.answered) if each.answered else "–",
        )
        for each in spending
    ]
