"""The demo shop: its rulebook in both evaluators, and a site that it is loaded into."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chatbot.conversations.models import Site
from chatbot.demo.shop import CONTENT, load
from rules.evaluator import Evaluator, build_evaluators
from rules.rulebook.yaml_file import read_rulebook
from tests.conftest import make_site


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
def shop(db: None) -> Site:
    Site.objects.all().delete()
    site = make_site()
    load(site)
    return site
