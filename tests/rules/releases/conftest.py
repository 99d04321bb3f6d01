"""A rulebook of its own, and two people who edit it."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from chatbot.conversations.models import Site
from rules.models import Rulebook


@pytest.fixture
def rulebook(site: Site) -> Rulebook:
    return site.rulebook


@pytest.fixture
def edna(transactional_db: None) -> User:
    return User.objects.create_user("edna", first_name="Edna", is_superuser=True)


@pytest.fixture
def otto(transactional_db: None) -> User:
    return User.objects.create_user("otto", first_name="Otto", is_superuser=True)
