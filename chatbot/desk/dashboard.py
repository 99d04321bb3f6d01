"""The console's first page: today's figures, the latest exchanges, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.conf import settings
from django.db.models import Count, Q
from django.http import HttpRequest
from django.utils import timezone

from chatbot.conversations.ids import build_floor
from chatbot.conversations.models import Event, Exchange, Site, Source
from chatbot.desk import costs
from chatbot.desk.waiting import build_badge
from chatbot.desk.wording import SOURCES, find_words
from llm_bridge.releases.canary import find_alarms

LATEST = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Latest:
    """One exchange as the first page shows it."""

    exchange: Exchange
    question: str
    source_name: str


def build_dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Adds what the page shows to those who may see it."""
    context["title"] = "Overview"
    context["demo"] = settings.ENVIRONMENT.demo
    if request.user.has_perm("conversations.view_exchange"):
        context["figures"] = read_figures(now=timezone.now())
        context["latest"] = read_latest()
        context["waiting"] = build_badge(request)
    if request.user.has_perm(costs.PERMISSION):
        context["costs"] = costs.read_today(now=timezone.now())
    if request.user.has_perm("llm_bridge.view_modelprofile"):
        context["alarms"] = find_alarms()
    if request.user.has_perm("conversations.view_site"):
        context["sites"] = list(Site.objects.only("pk", "name").order_by("name")[:10])
    return context


def read_figures(*, now: datetime) -> dict[str, int]:
    """How many questions today, and who answered them; one pass over today's exchanges."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    handed_over = ~Q(handoff_reason="")
    by_model = Q(source__in=[Source.LLM, Source.KNOWLEDGE, Source.CACHE])
    return Exchange.objects.filter(pk__gte=build_floor(midnight)).aggregate(
        questions=Count("pk"),
        rules=Count("pk", filter=Q(source=Source.RULE) & ~handed_over),
        model=Count("pk", filter=by_model),
        people=Count("pk", filter=handed_over),
    )


def read_latest() -> list[Latest]:
    """The newest exchanges with their questions, in two queries."""
    exchanges = list(Exchange.objects.select_related("conversation__site")[:LATEST])
    questions = _read_questions(exchanges)
    return [
        Latest(
            exchange=exchange,
            question=questions.get((exchange.conversation_id, exchange.question_seq), ""),
            source_name=find_words(SOURCES, exchange.source) or "Being answered",
        )
        for exchange in exchanges
    ]


def _read_questions(exchanges: Sequence[Exchange]) -> dict[tuple[Any, int], str]:
    if not exchanges:
        return {}
    places = (Q(conversation_id=each.conversation_id, seq=each.question_seq) for each in exchanges)
    rows = Event.objects.filter(reduce(or_, places)).values_list("conversation_id", "seq", "text")
    return {(conversation, seq): text for conversation, seq, text in rows}
