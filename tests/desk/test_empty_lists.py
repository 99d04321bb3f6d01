"""An empty list says what comes there; a search without a hit says how to see all again."""

from __future__ import annotations

import pytest
from django.test import Client

from chatbot.conversations.models import Site

TAUGHT = {
    "conversations/conversation": "No conversations yet",
    "conversations/exchange": "No exchanges yet",
    "conversations/apikey": "No API keys yet",
    "conversations/principle": "No principles yet",
    "llm_bridge/article": "No articles yet",
    "llm_bridge/approvedreply": "No approved replies yet",
    "llm_bridge/cachedanswer": "No stored answers yet",
    "llm_bridge/modelcall": "No model was asked yet",
    "llm_bridge/modelcase": "No cases yet",
    "llm_bridge/modelprice": "Prices come with Firstline",
    "rules/webhook": "No webhooks yet",
}


@pytest.mark.parametrize(("path", "title"), TAUGHT.items())
def test_an_empty_list_teaches(administrator: Client, site: Site, path: str, title: str) -> None:
    page = administrator.get(f"/admin/{path}/").content.decode()
    assert f"<h2>{title}</h2>" in page


def test_a_search_without_a_hit_offers_to_show_all(administrator: Client, site: Site) -> None:
    page = administrator.get("/admin/llm_bridge/article/?q=zebra").content.decode()
    assert "Nothing matches" in page
    assert "No articles yet" not in page
    assert 'href="?">Show all' in page


def test_whoever_may_add_is_invited_to(administrator: Client, site: Site) -> None:
    assert "Make the first webhook" in administrator.get("/admin/rules/webhook/").content.decode()
    assert (
        "Make the first" not in administrator.get("/admin/conversations/apikey/").content.decode()
    )
