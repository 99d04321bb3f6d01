"""How much a key may do: refused in OpenAI's form, with a time at which to come again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import openai
import pytest

from chatbot.conversations.models import ApiKey, Conversation, Site
from chatbot.web.rates.allowance import Caller, get_allowance
from chatbot.web.rates.table import SOCKETS, What
from tests.chatbot.completions.conftest import ask, assert_failure, post
from tests.chatbot.test_rate_limits import HERE, assert_served, spend
from tests.server import Server

pytestmark = pytest.mark.django_db(transaction=True)


def assert_limited(answer: httpx.Response) -> None:
    assert "try again" in assert_failure(answer, 429, "rate_limit_exceeded")
    assert int(answer.headers["retry-after"]) >= 1
    assert "x-should-retry" not in answer.headers
    assert answer.json()["error"]["type"] == "requests"


@pytest.mark.parametrize("what", ["messages", "conversations", "calls"])
def test_a_key_that_did_too_much_is_refused_and_others_are_not(
    server: Server, http: httpx.Client, what: What
) -> None:
    spend(server, what, key=str(ApiKey.objects.get().pk))
    assert_limited(post(http))
    assert Conversation.objects.count() == (1 if what == "messages" else 0)
    assert_served(server)


def test_a_site_that_did_too_much_is_refused(
    server: Server, http: httpx.Client, site: Site
) -> None:
    spend(server, "messages", site=str(site.pk))
    assert_limited(post(http))


def test_an_address_that_calls_too_often_is_refused_before_its_key_is_looked_at(
    server: Server,
) -> None:
    spend(server, "calls", address=HERE)
    with server.http("fl-wrong") as stranger:
        assert_limited(stranger.get("/v1/models"))


def test_an_address_that_sends_too_much_is_refused(server: Server, http: httpx.Client) -> None:
    spend(server, "bytes", address=HERE, but=10)
    assert_limited(post(http))


def test_one_program_speaks_for_many_visitors(server: Server, http: httpx.Client) -> None:
    """Neither their one address nor a visitor's name is what its messages are counted by."""
    spend(server, "messages", address=HERE)
    spend(server, "conversations", address=HERE)
    assert ask(http, "where is my parcel?", user="42")["firstline"]["source"] == "rule"


@pytest.fixture
def crowd(server: Server, key: str) -> Iterator[None]:
    """As many calls wait for their answer as one key may have."""
    caller = Caller(key=str(ApiKey.objects.get().pk))
    with ExitStack() as held:
        for _ in range(SOCKETS["key"]):
            place = server.call(lambda: get_allowance().hold_socket(caller))
            held.callback(server.call, place.close)
        yield


@pytest.mark.usefixtures("crowd")
def test_a_key_has_so_many_calls_open_at_a_time(server: Server, http: httpx.Client) -> None:
    answer = post(http)
    assert_failure(answer, 429, "rate_limit_exceeded")
    assert not Conversation.objects.exists()


def test_the_sdk_is_told_when_to_come_again(server: Server, key: str) -> None:
    spend(server, "messages", key=str(ApiKey.objects.get().pk), but=1)
    with openai.OpenAI(base_url=f"{server.url}/v1", api_key=key, max_retries=0) as sdk:
        sdk.chat.completions.create(
            model="default", messages=[{"role": "user", "content": "where is my parcel?"}]
        )
        with pytest.raises(openai.RateLimitError) as refused:
            sdk.chat.completions.create(
                model="default", messages=[{"role": "user", "content": "where is my parcel?"}]
            )
    assert int(refused.value.response.headers["retry-after"]) >= 1


def test_what_was_stored_already_costs_nothing(server: Server, http: httpx.Client) -> None:
    client_id = "0190a000-0000-7000-8000-000000000001"
    first = ask(http, "where is my parcel?", metadata={"client_id": client_id})
    named = {"client_id": client_id, "conversation": first["firstline"]["conversation"]}
    spend(server, "messages", key=str(ApiKey.objects.get().pk), but=1)
    for _ in range(3):
        assert ask(http, "where is my parcel?", metadata=named) == first
