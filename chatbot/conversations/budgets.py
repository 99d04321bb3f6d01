"""A site's limits as the bridge takes them: for a conversation, its day, and its month."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from chatbot.conversations.models import Site
from llm_bridge.money.budgets import Budget, build_budget


def find_day(*, site: Site, now: datetime) -> date:
    """The day by the site's own clock: limits begin anew at its midnight."""
    return now.astimezone(ZoneInfo(site.timezone)).date()


def build_site_budget(*, site: Site, conversation_id: UUID, now: datetime) -> Budget:
    return build_budget(
        payer=site.pk,
        conversation_id=conversation_id,
        today=find_day(site=site, now=now),
        conversation=site.budget_conversation,
        day=site.budget_day,
        month=site.budget_month,
    )
