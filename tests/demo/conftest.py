"""The demo shop: its rulebook in both evaluators, and a site that it is loaded into."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chatbot.conversations.models import Site
from chatbot.demo.shop import CONTENT, load
from rules.evaluator import Evaluator, build_evaluators
from rules.rulebook.yaml_file import read_rulebook
from tests.conftest import make_site
from tests.database import Kept


@pytest.fixture(scope="module")
def evaluators() -> Iterator[tuple[Evaluator, ...]]:
    _, rulebook = read_rulebook((CONTENT / "rulebook.yaml").read_bytes())
    both = build_evaluators(rulebook)
    yield both
    for evaluator in both:
        evaluator.close()


@pytest.fixture(scope="module")
def evaluator(evaluators: tuple[Evaluator, ...]) -> Evaluator:
    return evaluators[0]


@pytest.fixture
def shop(transactional_db: None, django_db_setup: Kept) -> Site:
    """The default site with the demo shop, checked and published once for all these tests."""
    django_db_setup.bring("demo shop", _load_shop)
    return Site.objects.get()


def _load_shop() -> None:
    Site.objects.all().delete()
    load(make_site())
