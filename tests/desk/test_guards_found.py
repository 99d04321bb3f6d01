"""An exchange's page says what guards found in the model's words, and what became of it."""

from __future__ import annotations

from django.test import Client
from django.utils import timezone

from chatbot.conversations.ids import build_id
from chatbot.conversations.models import Conversation, Exchange, Site

NOTE = {
    "reason": "ungrounded_figure",
    "outcome": "repaired",
    "sentence": "Refunds take <b>30 days</b>.",
    "found": ["30 days"],
}


def test_what_was_withheld_stands_with_its_reason_and_as_text(
    administrator: Client, site: Site
) -> None:
    now = timezone.now()
    times = {"created_at": now, "last_event_at": now, "seen_at": now}
    conversation = Conversation.objects.create(site=site, **times)
    exchange = Exchange.objects.create(
        id=build_id(),
        conversation=conversation,
        question_seq=1,
        semantics=3,
        reason="no_match",
        created_at=now,
        guarded=[NOTE],
    )
    page = administrator.get(f"/admin/conversations/exchange/{exchange.pk}/change/")
    text = page.content.decode()
    assert "What guards found" in text
    assert "Refunds take &lt;b&gt;30 days&lt;/b&gt;." in text
    assert "that no source gives" in text
    assert "the model was asked again" in text
