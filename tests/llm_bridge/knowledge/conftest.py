"""A knowledge base to fill."""

from __future__ import annotations

from typing import Any, Protocol

import pytest

from llm_bridge.models import Article, KnowledgeBase


class Write(Protocol):
    def __call__(self, title: str, body: str, **fields: Any) -> Article: ...


@pytest.fixture
def base(db: None) -> KnowledgeBase:
    return KnowledgeBase.objects.create(name="Help")


@pytest.fixture
def write(base: KnowledgeBase) -> Write:
    """Adds an article; its slug counts."""

    def add(title: str, body: str, **fields: Any) -> Article:
        slug = fields.pop("slug", f"a{base.articles.count()}")
        return Article.objects.create(base=base, title=title, slug=slug, body=body, **fields)

    return add
