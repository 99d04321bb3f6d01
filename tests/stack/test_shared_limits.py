"""Limits that several processes share through Redis, and what happens when it goes away."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager, closing
from urllib.parse import urlsplit

import pytest
from limits import parse
from redis.exceptions import RedisError
from websockets.exceptions import ConnectionClosed

from chatbot.web.rates.allowance import Allowance, Caller, Limited
from chatbot.web.rates.sharing import Sharing
from chatbot.web.rates.table import SOCKETS, Rate
from tests.server import Address
from tests.stack.conftest import Stack
from tests.stack.proxy import Proxy

QUESTION = "where is my order AB-123456"
RATES = [Rate("messages", "visitor", parse("40 per minute"))]
ADA = Caller(visitor="ada")


class Half:
    """One process's limits, and its line to the other."""

    def __init__(self, url: str) -> None:
        self.allowance = Allowance(rates=RATES, clock=lambda: 1_000_000.0)
        self.sharing = Sharing(allowance=self.allowance, url=url)

    def spend(self, times: int, caller: Caller = ADA) -> int:
        """How many of so many messages are in order."""
        taken = 0
        for _ in range(times):
            try:
                self.allowance.take("messages", caller)
            except Limited:
                break
            taken += 1
        return taken


@asynccontextmanager
async def open_halves(*urls: str) -> AsyncIterator[list[Half]]:
    halves = [Half(url) for url in urls]
    try:
        yield halves
    finally:
        for half in halves:
            await half.sharing.close()


async def share(*halves: Half) -> None:
    for half in halves:
        await half.sharing.share()


async def test_what_one_process_used_is_not_there_for_the_other(redis_url: str) -> None:
    ada = Caller(visitor="shared by two")
    async with open_halves(redis_url, redis_url) as (one, two):
        assert one.spend(40, ada) == 40
        assert two.spend(6, ada) == 6
        await share(one, two)
        assert two.spend(1, ada) == 0
        assert two.spend(40, Caller(visitor="somebody else")) == 40


async def test_a_process_hears_of_the_limit_only_for_whom_it_is_met(redis_url: str) -> None:
    calm = Caller(visitor="calm in both")
    async with open_halves(redis_url, redis_url) as (one, two):
        for _ in range(5):
            assert one.spend(3, calm) == two.spend(3, calm) == 3
            await share(one, two)
        assert one.spend(2, calm) == two.spend(2, calm) == 2


async def test_open_sockets_count_together_until_their_process_is_gone(redis_url: str) -> None:
    bob = Caller(visitor="bob of both")
    async with open_halves(redis_url, redis_url) as (one, two):
        with ExitStack() as opened:
            for _ in range(SOCKETS["visitor"]):
                opened.enter_context(closing(one.allowance.hold_socket(bob)))
            await share(one, two)
            with pytest.raises(Limited), closing(two.allowance.hold_socket(bob)):
                pass
        await share(one, two)
        with closing(two.allowance.hold_socket(bob)):
            pass


async def test_without_redis_each_process_keeps_to_its_own_counts(redis_url: str) -> None:
    parts = urlsplit(redis_url)
    eve = Caller(visitor="eve")
    with Proxy(parts.hostname or "127.0.0.1", parts.port or 6379) as proxy:
        through = parts._replace(netloc=f"127.0.0.1:{proxy.port}").geturl()
        async with open_halves(through, redis_url) as (one, two):
            await share(one, two)
            await asyncio.to_thread(proxy.cut)
            assert one.spend(50, eve) == 40
            with pytest.raises((RedisError, OSError)):
                await one.sharing.share()
            assert one.spend(1, Caller(visitor="another")) == 1
            assert two.spend(10, eve) == 10
            await share(two)
            await asyncio.to_thread(proxy.restore)
            # What it could not tell before, it tells now.
            await share(one, two)
            assert two.spend(1, eve) == 1
            await share(two)
            assert two.spend(1, eve) == 0


def is_let_in(address: Address, token: str) -> bool:
    """Whether one more socket of this visitor is welcome there."""
    with address.socket() as socket:
        socket.send(json.dumps({"type": "hello", "site": "default", "token": token}))
        try:
            return bool(json.loads(socket.recv(timeout=20))["type"] == "welcome")
        except ConnectionClosed:
            assert socket.close_code == 4429
            return False


def wait_until(address: Address, token: str, *, let_in: bool) -> None:
    deadline = time.monotonic() + 30
    while is_let_in(address, token) != let_in:
        assert time.monotonic() < deadline
        time.sleep(0.1)


def open_many(opened: ExitStack, address: Address, token: str) -> None:
    """As many sockets of one visitor as one may have."""
    for _ in range(SOCKETS["visitor"]):
        opened.enter_context(address.chat(token=token))


def test_two_web_processes_share_one_visitors_limit(webs: tuple[Address, Address]) -> None:
    one, two = webs
    with one.chat() as chat:
        token = chat.welcome["token"]
    with ExitStack() as opened:
        open_many(opened, one, token)
        wait_until(two, token, let_in=False)
        with two.chat() as calm:
            assert calm.ask(QUESTION)["source"] == "rule"
    wait_until(two, token, let_in=True)


def test_a_web_process_whose_redis_went_away_still_limits_and_still_answers(
    base: Stack, redis_url: str
) -> None:
    parts = urlsplit(redis_url)
    with Proxy(parts.hostname or "127.0.0.1", parts.port or 6379) as proxy:
        through = parts._replace(netloc=f"127.0.0.1:{proxy.port}").geturl()
        with base.web(REDIS_URL=through, CELERY_BROKER_URL="") as web, ExitStack() as opened:
            chat = opened.enter_context(web.chat())
            proxy.cut()
            with web.chat() as other:
                token = other.welcome["token"]
            open_many(opened, web, token)
            assert not is_let_in(web, token)
            assert chat.ask(QUESTION)["source"] == "rule"
