"""Which conversation a call belongs to, who the visitor is, and what a person's part in it does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from chatbot.conversations.api_keys import record_key
from chatbot.conversations.models import ApiKey, Conversation, Event, Exchange, Presence, Site
from tests.chatbot.completions.conftest import ask, assert_failure, get_text, post
from tests.chatbot.staff import Staff
from tests.conftest import make_site, publish
from tests.server import Server

pytestmark = pytest.mark.django_db(transaction=True)

MISSING = (404, "conversation_not_found", "metadata.conversation")


def get_conversation(completion: dict[str, Any]) -> str:
    conversation: str = completion["firstline"]["conversation"]
    return conversation


def go_on(http: httpx.Client, completion: dict[str, Any], text: str, **more: Any) -> dict[str, Any]:
    return ask(http, text, metadata={"conversation": get_conversation(completion), **more})


def test_each_call_is_a_conversation_of_its_own(http: httpx.Client) -> None:
    first, second = ask(http, "where is my parcel?"), ask(http, "AB-123456")
    assert get_conversation(first) != get_conversation(second)
    assert second["firstline"]["source"] != "rule"


def test_a_call_that_names_its_conversation_goes_on_with_it(http: httpx.Client) -> None:
    first = ask(http, "where is my parcel?")
    second = go_on(http, first, "AB-123456")
    assert get_text(second) == "Order AB-123456 is on its way."
    assert get_conversation(second) == get_conversation(first)
    assert list(Event.objects.values_list("seq", flat=True)) == [1, 2, 3, 4]


def test_the_same_client_id_stores_nothing_twice(http: httpx.Client) -> None:
    first = ask(http, "where is my parcel?")
    client_id = str(uuid4())
    again = [go_on(http, first, "AB-123456", client_id=client_id) for _ in range(3)]
    assert again[0] == again[1] == again[2]
    assert Event.objects.count() == 4


@pytest.mark.parametrize("name", ["", "x", "\x00", str(UUID(int=0))])
def test_a_conversation_that_never_was_is_not_found(http: httpx.Client, name: str) -> None:
    assert_failure(post(http, metadata={"conversation": name}), *MISSING)


def test_nobody_elses_conversation_is_found(server: Server, http: httpx.Client, site: Site) -> None:
    """Neither another key's, nor a visitor's own from the widget, nor another site's."""
    other_key = record_key(site=site, label="", now=timezone.now())[1]
    with server.http(other_key) as other:
        theirs = get_conversation(ask(other, "where is my parcel?"))
    with server.http() as widget:
        opened = widget.post("/api/v1/conversations", json={"site": "default"}).json()["id"]
    elsewhere = make_site("other")
    publish(elsewhere)
    foreign_key = record_key(site=elsewhere, label="", now=timezone.now())[1]
    with server.http(foreign_key) as foreign:
        foreign_one = get_conversation(ask(foreign, "where is my parcel?", model="other"))
    for name in (theirs, opened, foreign_one):
        assert_failure(post(http, metadata={"conversation": name}), *MISSING)
    assert Exchange.objects.count() == 2


def test_the_key_vouches_for_the_visitor(http: httpx.Client) -> None:
    facts = {"visitor.tier": "gold", "visitor.name": "Ada"}
    completion = ask(http, "am i gold", user="42", metadata=facts)
    assert get_text(completion) == "You are gold, Ada."
    assert Conversation.objects.get().verified == {"id": "42", "tier": "gold", "name": "Ada"}
    assert Exchange.objects.get().facts["visitor.id"] == "42"


def test_what_the_program_only_heard_stays_a_claim(http: httpx.Client) -> None:
    completion = ask(http, "am i gold", metadata={"visitor.claimed.tier": "gold"})
    assert get_text(completion) == "You say you are gold."
    assert Conversation.objects.get().verified == {}


def test_a_visitor_may_be_named_later_but_not_become_another(http: httpx.Client) -> None:
    first = ask(http, "where is my parcel?")
    named = {"conversation": get_conversation(first)}
    facts = {**named, "visitor.tier": "gold", "visitor.name": "Ada"}
    assert get_text(ask(http, "am i gold", user="42", metadata=facts)) == "You are gold, Ada."
    assert_failure(post(http, user="43", metadata=named), *MISSING)
    assert Conversation.objects.get().verified["id"] == "42"


def test_the_visitors_language_is_the_header_s(server: Server, key: str) -> None:
    with server.http(key, **{"Accept-Language": "de-CH,de;q=0.9"}) as http:
        ask(http, "where is my parcel?")
    assert Exchange.objects.get().facts["language"] == "de-CH"


def test_a_handover_line_is_the_answer(http: httpx.Client, site: Site) -> None:
    completion = ask(http, "talk to a person")
    assert get_text(completion) == site.away_line
    assert completion["firstline"]["source"] == "rule"
    assert completion["firstline"]["rule"] == "to_person"
    assert completion["choices"][0]["finish_reason"] == "stop"


def test_without_model_and_article_a_person_is_the_fallback(http: httpx.Client, site: Site) -> None:
    completion = ask(http, "do you sell tea towels?")
    assert get_text(completion) == site.away_line
    assert completion["firstline"]["source"] == "fallback"
    assert completion["firstline"]["rule"] is None


def test_while_a_person_has_it_messages_are_kept_for_them(
    http: httpx.Client, site: Site, agent: User
) -> None:
    first = ask(http, "talk to a person")
    Presence.objects.create(user=agent, seen_at=timezone.now())
    second = go_on(http, first, "hello?")
    assert get_text(second) == site.handover_line
    assert (second["firstline"]["source"], second["firstline"]["exchange"]) == ("fallback", None)
    assert Exchange.objects.count() == 1
    assert Event.objects.filter(text="hello?").exists()


def test_what_a_colleague_wrote_comes_with_the_next_call(
    server: Server, http: httpx.Client, agent: User
) -> None:
    first = ask(http, "talk to a person")
    with Staff(server.url, agent) as anna:
        anna.claim(get_conversation(first))
        anna.reply(get_conversation(first), "Hello, this is Anna.")
        anna.reply(get_conversation(first), "How can I help?")
    second = go_on(http, first, "are you there?")
    assert get_text(second) == "Hello, this is Anna.\n\nHow can I help?"
    assert second["firstline"]["source"] == "agent"
    third = go_on(http, first, "my kettle leaks")
    assert third["firstline"]["source"] == "fallback"


def test_a_conversation_that_has_ended_takes_no_more(http: httpx.Client) -> None:
    first = ask(http, "goodbye")
    assert get_text(first) == "Goodbye!"
    answer = post(http, metadata={"conversation": get_conversation(first)})
    assert_failure(answer, 409, "conversation_closed", "metadata.conversation")
    assert answer.headers["x-should-retry"] == "false"


def test_the_keys_last_use_is_noted(http: httpx.Client, key: str) -> None:
    ask(http, "where is my parcel?")
    used_at = ApiKey.objects.get().used_at
    assert used_at is not None
    assert timezone.now() - used_at < timedelta(minutes=1)
