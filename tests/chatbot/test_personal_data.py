"""A visitor's data on the way to the model and back, through the whole conversation."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from chatbot.conversations.identity import sign_identity
from chatbot.conversations.known import find_known
from chatbot.conversations.models import Conversation, Site
from llm_bridge.cache.tables import CachedAnswer
from llm_bridge.gateway import Kind
from tests.chatbot.conftest import UseModel
from tests.llm_bridge.fake_modes import Reply
from tests.llm_bridge.fake_provider import FakeProvider
from tests.server import Server

MAIL = "jo@example.org"


@pytest.fixture(autouse=True)
def model(use_model: UseModel, provider: FakeProvider) -> None:
    """It repeats the last placeholder that it was shown."""

    async def behave(reply: Reply) -> None:
        shown = re.findall(r"\[[A-Z]+_\d+\]", json.dumps(reply.request["messages"])) or ["nobody"]
        await reply.begin()
        await reply.words(f"It is for {shown[-1]}. Is that right?")
        await reply.finish()

    use_model("ok")
    provider.behave = behave


def sign(site: Site) -> dict[str, Any]:
    expires = int((timezone.now() + timedelta(hours=1)).timestamp())
    fields: dict[str, str | int | float | bool]
    fields = {"id": "customer-77", "name": "Zebedee Quux", "expires": expires}
    return {**fields, "signature": sign_identity(fields=fields, secret=site.identity_secret)}


def test_what_a_visitor_tells_is_put_back_and_never_sent(
    server: Server, provider: FakeProvider
) -> None:
    with server.chat() as visitor:
        answer = visitor.ask(f"can you use {MAIL} for tea towels?")
    assert answer["text"] == f"It is for {MAIL}. Is that right?"
    assert MAIL not in str([each.body for each in provider.completions])
    assert not CachedAnswer.objects.exists()


def test_a_verified_visitors_name_is_hidden_wherever_it_stands(
    server: Server, provider: FakeProvider, site: Site
) -> None:
    with server.chat(identity=sign(site)) as visitor:
        answer = visitor.ask("is the tea towel for Zebedee on its way?")
    assert answer["text"] == "It is for Zebedee. Is that right?"
    assert "Zebedee" not in str(provider.completions[0].body)
    assert not CachedAnswer.objects.exists()


def test_placeholders_stay_what_they_are_in_the_next_message(
    server: Server, provider: FakeProvider
) -> None:
    with server.chat() as visitor:
        visitor.ask(f"can you use {MAIL} for tea towels?")
        visitor.ask("and for napkins?")
    first, second = (
        set(re.findall(r"\[EMAIL_\d+\]", str(each.body))) for each in provider.completions
    )
    assert first == second
    assert len(first) == 1


def test_what_is_known_is_told_by_the_names_of_fields_and_slots(site: Site) -> None:
    conversation = Conversation(
        site=site,
        verified={"firstName": "Ada", "id": "c-1", "tier": "gold", "since": 2019},
        claimed={"e_mail": MAIL, "vip": True},
    )
    slots = {"delivery_street": "Baker Street 221", "order_number": "AB-1", "product_name": "tea"}
    found = {(known.kind, known.value) for known in find_known(conversation, slots)}
    assert found == {
        (Kind.NAME, "Ada"),
        (Kind.ID, "c-1"),
        (Kind.EMAIL, MAIL),
        (Kind.ADDRESS, "Baker Street 221"),
    }
