"""What the chatbot's tests share: a model that behaves as its name says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from pytest_django.fixtures import Settings

from tests.llm_bridge.fake_provider import FakeProvider

UseModel = Callable[[str], None]


@pytest.fixture
def use_model(provider: FakeProvider, settings: Settings) -> UseModel:
    """Makes the fake provider the configured model; the model's name is its behaviour."""

    def use(mode: str) -> None:
        settings.ENVIRONMENT = replace(
            settings.ENVIRONMENT, llm_base_url=provider.base_url, llm_api_key="k", llm_model=mode
        )

    return use
