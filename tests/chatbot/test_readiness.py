"""The readiness page names each provider with its state, and never a key."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from llm_bridge.gateway import ProviderConfig
from llm_bridge.providers.breaker import get_breaker
from llm_bridge.providers.errors import ProviderError
from llm_bridge.providers.file import ProviderFile
from llm_bridge.values import FailureReason
from tests.llm_bridge.fake_provider import FakeProvider


@pytest.mark.django_db
def test_each_provider_is_named_with_its_state_and_breakers(
    provider: FakeProvider, settings: Settings
) -> None:
    host = f"127.0.0.1:{provider.port}"
    near = ProviderConfig(
        base_url=f"http://{host}/near/v1",
        api_key="sk-near",
        model="small",
        name="near",
        headers=(("x-secret", "sk-header"),),
    )
    settings.ENVIRONMENT = replace(
        settings.ENVIRONMENT,
        llm_base_url=f"http://me:sk-user@{host}/v1",
        llm_api_key="sk-default",
        llm_providers=ProviderFile(providers=(near,)),
    )
    quota = ProviderError(FailureReason.QUOTA)
    breaker = get_breaker(near, "small")
    breaker.note_failure(object(), quota, now=10**9)
    page = Client().get("/readyz")
    parts = page.json()["parts"]
    assert parts["model"] == "ok"
    assert parts["providers"]["default"] == {"state": "ok", "host": host}
    assert parts["providers"]["near"]["breakers"] == {"small": {"state": "open", "reason": "quota"}}
    assert "sk-" not in page.content.decode()
