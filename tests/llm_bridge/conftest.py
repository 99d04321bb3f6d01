"""What the tests of the bridge share: a provider that misbehaves, and one question to ask it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.llm_bridge.fake_provider import FakeProvider


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    with FakeProvider() as server:
        yield server
