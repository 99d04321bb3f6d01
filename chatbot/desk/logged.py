"""The log's newest questions for the rulebook's pages, which know no log themselves."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse

from chatbot.conversations.models import Event, Exchange
from chatbot.conversations.reasons import build_stored_situation
from rules.console.logged import Logged
from rules.models import Rulebook


def read_logged(rulebook: Rulebook, most: int) -> Sequence[Logged]:
    """The newest questions of the site that this rulebook answers; erased ones are left out."""
    rows = Exchange.objects.filter(conversation__site__rulebook=rulebook)
    return [logged for row in rows[:most] if (logged := _find_logged(row)) is not None]


def _find_logged(exchange: Exchange) -> Logged | None:
    try:
        situation = build_stored_situation(exchange)
    except Event.DoesNotExist:
        return None
    url = reverse("admin:conversations_exchange_change", args=[exchange.pk])
    return Logged(situation=situation, at=exchange.created_at, url=url)
