"""Where model releases are tried: the sites of a profile, and the providers of the environment."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.conf import settings

from chatbot.conversations.cases import find_providers
from chatbot.conversations.guarding import build_guard_policy
from chatbot.conversations.models import Event, Exchange, Site
from llm_bridge.releases.stages import Asked, Configured, Stage
from llm_bridge.releases.tables import ModelProfile


def find_stages(profile: ModelProfile) -> Iterator[Stage]:
    """The oldest site first: in its name a profile's cases are asked, and at its expense."""
    for site in Site.objects.filter(model_profile=profile).order_by("pk"):
        yield Stage(
            site_name=site.name,
            language=site.language,
            base_id=site.knowledge_id,
            payer=site.pk,
            day=site.budget_day,
            month=site.budget_month,
            timezone=site.timezone,
            guards=build_guard_policy(site),
        )


def get_configured() -> Configured:
    return Configured(providers=find_providers(), default=settings.ENVIRONMENT.llm_providers.plan)


def find_question(exchange_id: UUID) -> Asked | None:
    rows = Exchange.objects.select_related("conversation__site__model_profile")
    exchange = rows.filter(pk=exchange_id).first()
    if exchange is None or exchange.conversation.site.model_profile is None:
        return None
    conversation = exchange.conversation
    event = Event.objects.filter(conversation=conversation, seq=exchange.question_seq).first()
    if event is None or not event.text:
        return None
    return Asked(
        profile=exchange.conversation.site.model_profile,
        text=event.text,
        language=conversation.language,
    )
