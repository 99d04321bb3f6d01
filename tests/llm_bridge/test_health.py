"""The provider's state as a readiness page tells it, and what counts as configured."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from llm_bridge.providers.breaker import get_breaker
from llm_bridge.providers.configuration import (
    OPENAI_BASE_URL,
    OPENAI_MODEL,
    ProviderConfig,
    build_config,
)
from llm_bridge.providers.errors import ProviderError
from llm_bridge.providers.health import (
    CACHE_SECONDS,
    ProviderState,
    check_provider,
    check_providers,
    sum_up,
)
from llm_bridge.values import FailureReason
from tests.llm_bridge.fake_provider import FakeProvider


def build_config_of(server: FakeProvider) -> ProviderConfig:
    return ProviderConfig(base_url=server.base_url, api_key="sk-secret", model="ok")


async def find_state(
    config: ProviderConfig, clock: Callable[[], float] = time.monotonic
) -> ProviderState:
    return (await check_provider(config, clock=clock)).state


async def test_a_working_provider_is_ok(provider: FakeProvider) -> None:
    assert await find_state(build_config_of(provider)) is ProviderState.OK


async def test_a_wrong_key_is_told_apart(provider: FakeProvider) -> None:
    provider.mode = "unauthorised"
    assert await find_state(build_config_of(provider)) is ProviderState.UNAUTHORISED


async def test_a_provider_that_is_gone_is_unreachable() -> None:
    with FakeProvider() as server:
        config = build_config_of(server)
    assert await find_state(config) is ProviderState.UNREACHABLE


async def test_a_state_is_asked_again_only_after_ten_seconds(provider: FakeProvider) -> None:
    now = 100.0
    config = build_config_of(provider)
    await find_state(config, lambda: now)
    provider.mode = "unauthorised"
    assert await find_state(config, lambda: now) is ProviderState.OK
    now += CACHE_SECONDS
    assert await find_state(config, lambda: now) is ProviderState.UNAUTHORISED
    assert len(provider.requests) == 2


async def test_each_provider_has_its_name_and_state_and_all_of_them_one_word(
    provider: FakeProvider,
) -> None:
    here = build_config_of(provider)
    with FakeProvider() as server:
        gone = replace(build_config_of(server), name="gone")
    told = await check_providers([gone, here])
    assert [(each.name, each.state) for each in told] == [
        ("gone", "unreachable"),
        ("default", "ok"),
    ]
    assert sum_up(told) is ProviderState.OK
    assert sum_up(told[:1]) is ProviderState.UNREACHABLE
    assert sum_up(()) is ProviderState.NOT_CONFIGURED


async def test_a_breaker_that_is_open_is_told_with_its_reason_and_no_key(
    provider: FakeProvider,
) -> None:
    config = build_config_of(provider)
    error = ProviderError(FailureReason.QUOTA)
    get_breaker(config, "ok").note_failure(object(), error, now=100.0)
    health = await check_provider(config, clock=lambda: 101.0)
    assert health.describe() == {
        "state": "ok",
        "host": f"127.0.0.1:{provider.port}",
        "breakers": {"ok": {"state": "open", "reason": "quota"}},
    }
    assert sum_up([health]) is ProviderState.RESTING


def test_neither_address_nor_key_is_no_configuration() -> None:
    assert build_config(base_url="", api_key="", model="any") is None


@pytest.mark.parametrize(
    ("base_url", "model", "expected"),
    [
        ("", "", (OPENAI_BASE_URL, OPENAI_MODEL)),
        ("", "gpt-x", (OPENAI_BASE_URL, "gpt-x")),
        ("http://127.0.0.1:8080/v1/", "", ("http://127.0.0.1:8080/v1", "")),
    ],
)
def test_defaults_fill_what_is_not_given(
    base_url: str, model: str, expected: tuple[str, str]
) -> None:
    config = build_config(base_url=base_url, api_key="sk", model=model)
    assert config is not None
    assert (config.base_url, config.model) == expected


def test_the_host_that_logs_name_holds_no_credentials() -> None:
    config = ProviderConfig(base_url="https://me:secret@llm.example:8/v1", api_key="", model="")
    assert config.host == "llm.example:8"
