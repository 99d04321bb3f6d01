"""API keys in the console: listed without anything secret, and ended by administrators."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from chatbot.conversations.api_keys import find_key, record_key
from chatbot.conversations.models import ApiKey, Site

LIST = "/admin/conversations/apikey/"


@pytest.fixture
def key(site: Site) -> str:
    return record_key(site=site, label="red team", now=timezone.now())[1]


def revoke(client: Client) -> None:
    row = ApiKey.objects.get()
    client.post(LIST, {"action": "revoke", "_selected_action": [row.pk]})


def test_the_list_names_keys_and_shows_nothing_secret(key: str, administrator: Client) -> None:
    row = ApiKey.objects.get()
    for address in (LIST, f"{LIST}{row.pk}/change/"):
        page = administrator.get(address)
        assert page.status_code == 200
        assert "red team" in page.text
        assert key not in page.text
        assert row.digest not in page.text


def test_an_administrator_revokes_a_key(key: str, administrator: Client) -> None:
    revoke(administrator)
    assert find_key(key=key) is None
    assert "revoked" in administrator.get(LIST).text


def test_agents_and_editors_cannot(key: str, anna: Client, editor: Client) -> None:
    for client in (anna, editor):
        assert client.get(LIST).status_code == 403
        revoke(client)
    assert find_key(key=key) is not None


def test_keys_are_neither_made_nor_changed_nor_deleted_here(
    key: str, administrator: Client
) -> None:
    row = ApiKey.objects.get()
    assert administrator.get(f"{LIST}add/").status_code == 403
    assert administrator.post(f"{LIST}{row.pk}/change/", {"label": "x"}).status_code == 403
    assert administrator.post(f"{LIST}{row.pk}/delete/", {"post": "yes"}).status_code == 403
    assert ApiKey.objects.get().label == "red team"
