"""A provider that fails: every failure has its reason, in time, and is retried where it helps."""

from __future__ import annotations

import asyncio
import socket
from contextlib import aclosing
from dataclasses import replace

import pytest

from llm_bridge.gateway import (
    AnswerFailed,
    Delta,
    FailureReason,
    Limits,
    ProviderConfig,
    stream_answer,
)
from tests.llm_bridge.asking import LIMITS, QUERY, ask, ask_config, build_roster_of, fail
from tests.llm_bridge.fake_modes import ANSWER
from tests.llm_bridge.fake_provider import FakeProvider

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("mode", "reason", "attempts"),
    [
        ("rate-limit", FailureReason.RATE_LIMITED, 2),
        ("rate-limit-long", FailureReason.RATE_LIMITED, 1),
        ("quota", FailureReason.QUOTA, 1),
        ("error", FailureReason.SERVER_ERROR, 2),
        ("inline-error", FailureReason.SERVER_ERROR, 2),
        ("unauthorised", FailureReason.AUTH, 1),
        ("missing-model", FailureReason.BAD_REQUEST, 1),
        ("cut", FailureReason.CUT_OFF, 1),
        ("unfinished", FailureReason.CUT_OFF, 1),
        ("garbage", FailureReason.BAD_RESPONSE, 1),
        ("wrong-shape", FailureReason.BAD_RESPONSE, 1),
        ("bad-bytes", FailureReason.BAD_RESPONSE, 1),
        ("html", FailureReason.BAD_RESPONSE, 1),
        ("empty", FailureReason.EMPTY, 1),
        ("filtered", FailureReason.FILTERED, 1),
    ],
)
async def test_a_failure_has_its_reason_and_only_useful_retries(
    provider: FakeProvider, mode: str, reason: FailureReason, attempts: int
) -> None:
    failed = await fail(provider, mode)
    assert failed.reason is reason
    assert failed.attempts == attempts == len(provider.completions)


@pytest.mark.parametrize("mode", ["error-then-ok", "rate-limit-then-ok", "cut-then-ok"])
async def test_a_passing_failure_is_retried_once_and_answered(
    provider: FakeProvider, mode: str
) -> None:
    deltas, answer = await ask(provider, mode)
    assert answer.text == "".join(delta.text for delta in deltas) == ANSWER
    assert answer.attempts == 2


async def test_no_retry_when_the_wait_does_not_fit_into_the_budget(provider: FakeProvider) -> None:
    failed = await fail(provider, "error-then-ok", limits=replace(LIMITS, retry_wait=10))
    assert failed.attempts == 1


@pytest.mark.parametrize(
    ("mode", "limits", "reason"),
    [
        ("silent", Limits(first_token=0.2), FailureReason.TIMEOUT_FIRST_TOKEN),
        ("slow-first", Limits(first_token=0.2), FailureReason.TIMEOUT_FIRST_TOKEN),
        ("silent", Limits(total=0.5), FailureReason.TIMEOUT_TOTAL),
        ("stall", Limits(total=0.5, first_token=0.4), FailureReason.TIMEOUT_TOTAL),
    ],
)
async def test_a_provider_that_takes_too_long_is_left(
    provider: FakeProvider, mode: str, limits: Limits, reason: FailureReason
) -> None:
    failed = await fail(provider, mode, limits=limits)
    assert failed.reason is reason
    assert provider.wait_until(lambda server: server.completions[0].closed_by_client)


async def test_nobody_listening_is_a_connect_failure_after_a_retry() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/v1"
        config = ProviderConfig(base_url=url, api_key="", model="any")
        with pytest.raises(AnswerFailed) as raised:
            await ask_config(config, limits=LIMITS)
    assert raised.value.reason is FailureReason.CONNECT
    assert raised.value.attempts == 2


async def test_a_server_that_does_not_accept_is_left_after_the_connect_limit() -> None:
    with socket.socket() as full, socket.socket() as first, socket.socket() as second:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for filler in (first, second):  # the kernel queues no further connection
            filler.setblocking(False)
            filler.connect_ex(full.getsockname())
        url = f"http://127.0.0.1:{full.getsockname()[1]}/v1"
        config = ProviderConfig(base_url=url, api_key="", model="any")
        limits = replace(LIMITS, connect=0.1)
        with pytest.raises(AnswerFailed) as raised:
            await ask_config(config, limits=limits)
    assert raised.value.reason is FailureReason.CONNECT
    assert raised.value.attempts == 2


@pytest.mark.parametrize("url", ["not a url", "http://", "http://[::bad/v1", "ftp://127.0.0.1/v1"])
async def test_an_address_that_makes_no_sense_is_a_failure_too(url: str) -> None:
    config = ProviderConfig(base_url=url, api_key="", model="any")
    with pytest.raises(AnswerFailed) as raised:
        await ask_config(config, limits=LIMITS)
    assert raised.value.reason in {FailureReason.CONNECT, FailureReason.BAD_RESPONSE}


async def test_without_a_configuration_nothing_is_asked() -> None:
    with pytest.raises(AnswerFailed) as raised:
        [piece async for piece in stream_answer(query=QUERY, roster=None)]
    assert raised.value.reason is FailureReason.NOT_CONFIGURED


async def test_a_server_that_lists_no_model_is_a_bad_response(provider: FakeProvider) -> None:
    provider.models = ()
    assert (await fail(provider, "")).reason is FailureReason.BAD_RESPONSE


async def test_closing_the_answer_closes_the_providers_stream(provider: FakeProvider) -> None:
    pieces = stream_answer(query=QUERY, roster=build_roster_of(provider, "stall"), limits=LIMITS)
    async with aclosing(pieces):
        assert isinstance(await anext(pieces), Delta)
    assert provider.wait_until(lambda server: server.completions[0].closed_by_client)


async def test_cancelling_the_task_closes_the_providers_stream(provider: FakeProvider) -> None:
    task = asyncio.create_task(ask(provider, "silent", limits=Limits()))
    assert await asyncio.to_thread(provider.wait_until, lambda server: bool(server.completions))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert provider.wait_until(lambda server: server.completions[0].closed_by_client)
