"""What every test may use: a site with live rules, and the real server in front of it."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import closing
from typing import Any
from unittest import mock

import pytest
from django.contrib.auth.models import User
from django.db import connection
from servestatic.middleware import ServeStaticMiddleware

from chatbot.conversations.models import Site
from llm_bridge.models import Article, KnowledgeBase
from llm_bridge.providers import breaker
from rules import releases
from rules.console import draft_warnings
from rules.draft import replace_draft
from rules.models import Release, Rulebook
from rules.rulebook.yaml_file import read_rulebook
from tests.database import Kept, keep_as_migrated
from tests.llm_bridge.fake_provider import FakeProvider
from tests.server import Server
from tests.shares import Rooms, get_place

RULEBOOK = """
rulebook: 1
entities:
  order_number: {pattern: '[A-Z]{2}-?\\d{6}', example: AB-123456}
intents:
  track_order:
    phrases: [where is my (order|parcel), 'track [my|an] order']
    examples: [where is my parcel?]
  complaint: {phrases: [complain, this is a (scandal|disgrace)]}
  person: {phrases: [talk to a person]}
  payment: {phrases: [payment failed], llm: never}
  bye: {phrases: [goodbye]}
  gift: {phrases: [gift idea]}
  tier: {phrases: [am i gold]}
rules:
  - name: order_status
    priority: 10
    when: {all: [{intent: track_order}, {slot: order_number, known: true}]}
    then: [{reply: 'Order {order_number} is on its way.', options: [Talk to a person]}]
    examples: [{text: where is my order AB-123456, expect: order_status}]
  - name: ask_order_number
    when: {all: [{intent: track_order}]}
    then: [{ask: order_number, prompt: 'What is your order number?', retries: 1}]
  - name: complaint_to_person
    when: {intent: complaint}
    then: [{reply: 'I am sorry to hear that.'}, {handoff: complaints}]
  - name: to_person
    when: {intent: person}
    then: [{handoff: default}]
  - name: farewell
    when: {intent: bye}
    then: [{reply: 'Goodbye!'}, {close: true}]
  - name: gift_to_model
    when: {intent: gift}
    then: [{reply: 'Let me think.'}, {escalate: Suggest one gift from the shop.}]
  - name: gold
    priority: 1
    when: {all: [{intent: tier}, {fact: visitor.tier, is: gold}]}
    then: [{reply: 'You are gold, {visitor.name}.'}]
  - name: claimed_gold
    when: {all: [{intent: tier}, {fact: visitor.claimed.tier, is: gold}]}
    then: [{reply: 'You say you are gold.'}]
"""
# With these two "am i gold" gets an answer of its own however often it is asked in a row.
TAKING_TURNS = """
  - {name: ping, when: {intent: tier}, then: [{reply: 'Answer {turn}.'}]}
  - name: pong
    when: {all: [{intent: tier}, {fact: last_rule, is: ping}]}
    then: [{reply: 'Answer {turn}.'}]
"""


def publish(site: Site, content: str = RULEBOOK) -> Release:
    """Makes the file's rules the site's live release, here and now."""
    document, _ = read_rulebook(content.encode())
    replace_draft(rulebook=site.rulebook, document=document, author=None)
    release = releases.publish(rulebook=site.rulebook, author=None, message="test", accepted=None)
    releases.forget()
    return release


def make_site(key: str = "default", **fields: Any) -> Site:
    """A site without rules or articles; its model may make things up, as models in tests do."""
    fields = {"guard_grounding": False, "guard_promises": False, **fields}
    return Site.objects.create(
        key=key,
        name="Test shop",
        rulebook=Rulebook.objects.create(name=key),
        knowledge=KnowledgeBase.objects.create(name=key),
        **fields,
    )


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: get_place(item.nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    return Rooms(config, log)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """A test's data need not outlive the machine."""
    if connection.vendor == "sqlite":
        options = connection.settings_dict["OPTIONS"]
        options["init_command"] += "PRAGMA synchronous=OFF;"


def make_live_site() -> None:
    Site.objects.all().delete()
    publish(make_site())


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[Kept]:
    """Adds to pytest-django's: between tests the database is put back by copying."""
    with django_db_blocker.unblock(), closing(Kept()) as kept, keep_as_migrated(kept):
        django_db_blocker.block()
        yield kept


@pytest.fixture(scope="session", autouse=True)
def _static_files_are_found_once() -> Iterator[None]:
    """Each `Client` builds the middleware anew, which would look for every static file again."""
    find = ServeStaticMiddleware.add_files_from_finders
    found: list[ServeStaticMiddleware] = []

    def find_once(middleware: ServeStaticMiddleware) -> None:
        if not found:
            find(middleware)
            found.append(middleware)
        middleware.files = dict(found[0].files)

    with mock.patch.object(ServeStaticMiddleware, "add_files_from_finders", find_once):
        yield


@pytest.fixture(autouse=True)
def _fresh_releases() -> Iterator[None]:
    """Rows of one test's database mean nothing in the next: ids come again."""
    releases.forget()
    draft_warnings._find_warnings.cache_clear()
    yield
    releases.forget()


@pytest.fixture(autouse=True)
def _closed_breakers() -> None:
    """One test's failing server may have listened where the next one's listens."""
    breaker.forget()


@pytest.fixture
def site(transactional_db: None, django_db_setup: Kept) -> Site:
    """The default site with RULEBOOK live."""
    django_db_setup.bring("site", make_live_site)
    return Site.objects.get()


@pytest.fixture
def article(site: Site) -> Article:
    return Article.objects.create(
        base=site.knowledge,
        title="Descaling a kettle",
        slug="descaling",
        url="/help/descaling/",
        body="To descale a kettle, fill it half with vinegar and boil it twice. Rinse it well.",
    )


@pytest.fixture
def agent(transactional_db: None) -> User:
    return User.objects.create_user("anna", first_name="Anna", is_staff=True, is_superuser=True)


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    """A model's server that does as told; see `with_model`."""
    with FakeProvider() as server:
        yield server


@pytest.fixture
def server(site: Site) -> Iterator[Server]:
    """The real web process on a loopback port, on this test's database."""
    with Server() as server:
        yield server


def is_reachable(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=1):
            return True
    except OSError:
        return False


os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright runs a loop of its own
