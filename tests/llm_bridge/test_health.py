"""The provider's state as a readiness page tells it, and what counts as configured."""

from __future__ import annotations

import pytest

from llm_bridge.providers.configuration import (
    OPENAI_BASE_URL,
    OPENAI_MODEL,
    ProviderConfig,
    build_config,
)
from llm_bridge.providers.health import CACHE_SECONDS, ProviderState, check_provider
from tests.llm_bridge.fake_provider import FakeProvider


def build_config_of(server: FakeProvider) -> ProviderConfig:
    return ProviderConfig(base_url=server.base_url, api_key="", model="ok")


async def test_a_working_provider_is_ok(provider: FakeProvider) -> None:
    assert await check_provider(build_config_of(provider)) is ProviderState.OK


async def test_a_wrong_key_is_told_apart(provider: FakeProvider) -> None:
    provider.mode = "unauthorised"
    assert await check_provider(build_config_of(provider)) is ProviderState.UNAUTHORISED


async def test_a_provider_that_is_gone_is_unreachable() -> None:
    with FakeProvider() as server:
        config = build_config_of(server)
    assert await check_provider(config) is ProviderState.UNREACHABLE


async def test_no_configuration_is_its_own_state() -> None:
    assert await check_provider(None) is ProviderState.NOT_CONFIGURED


async def test_a_state_is_asked_again_only_after_ten_seconds(provider: FakeProvider) -> None:
    now = 100.0
    config = build_config_of(provider)
    await check_provider(config, clock=lambda: now)
    provider.mode = "unauthorised"
    assert await check_provider(config, clock=lambda: now) is ProviderState.OK
    now += CACHE_SECONDS
    assert await check_provider(config, clock=lambda: now) is ProviderState.UNAUTHORISED
    assert len(provider.requests) == 2


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
