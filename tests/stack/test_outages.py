"""When Redis is away rules still answer, everything is stored, and nothing crashes."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.llm_bridge.fake_modes import ANSWER
from tests.server import Address
from tests.stack.conftest import Stack
from tests.stack.proxy import Proxy

QUESTION = "am i gold"  # answered by a rule as often as it is asked
UNCOVERED = "do you sell tea towels?"


@pytest.fixture(scope="module")
def proxy(redis_url: str) -> Iterator[Proxy]:
    parts = urlsplit(redis_url)
    with Proxy(parts.hostname or "127.0.0.1", parts.port or 6379) as proxy:
        yield proxy


@pytest.fixture(scope="module")
def web(base: Stack, proxy: Proxy, redis_url: str) -> Iterator[Address]:
    """A web process that reaches Redis, layer and broker, through the proxy only."""
    through = urlsplit(redis_url)._replace(netloc=f"127.0.0.1:{proxy.port}").geturl()
    with base.web(REDIS_URL=through, CELERY_BROKER_URL=through) as web:
        yield web


@pytest.fixture
def outage(proxy: Proxy) -> Iterator[None]:
    proxy.cut()
    yield
    proxy.restore()


def test_a_socket_that_was_open_goes_on_when_redis_goes(web: Address, proxy: Proxy) -> None:
    with web.chat() as visitor:
        assert visitor.ask(QUESTION)["seq"] == 2
        proxy.cut()
        assert visitor.ask(QUESTION)["seq"] == 4
        proxy.restore()
        assert visitor.ask(QUESTION)["seq"] == 6


def test_a_visitor_who_comes_while_redis_is_away_is_served(web: Address, outage: None) -> None:
    with web.chat() as visitor, web.http(visitor.welcome["token"]) as http:
        assert visitor.ask(QUESTION)["source"] == "rule"
        path = f"/api/v1/conversations/{visitor.welcome['conversation']}/events"
        stored = http.get(path).json()
        assert [event["seq"] for event in stored["events"]] == [1, 2]
        assert http.get("/readyz").status_code == 503
        assert http.get("/healthz").status_code == 200


def test_what_needs_the_model_is_answered_even_without_the_broker(
    web: Address, outage: None
) -> None:
    with web.chat() as visitor:
        assert visitor.ask(UNCOVERED)["text"] == ANSWER


def test_after_the_outage_both_ways_across_processes_work_again(
    web: Address, base: Stack, proxy: Proxy
) -> None:
    with web.chat() as here:
        proxy.cut()
        here.ask(QUESTION)
        proxy.restore()
        welcome = here.welcome
        resumed = {"conversation": welcome["conversation"], "token": welcome["token"], "after": 2}
        with base.web() as other, other.chat(**resumed) as there:
            here.ask(QUESTION)
            assert [there.read_event()["seq"] for _ in range(2)] == [3, 4]
            there.ask(QUESTION)
            assert [here.read_event()["seq"] for _ in range(2)] == [5, 6]
