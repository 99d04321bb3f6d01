"""A knowledge base to approve replies in."""

from __future__ import annotations

import pytest

from llm_bridge.models import KnowledgeBase


@pytest.fixture
def base(db: None) -> KnowledgeBase:
    return KnowledgeBase.objects.create(name="Shop help")
