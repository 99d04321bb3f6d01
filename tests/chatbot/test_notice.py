"""A site's notice stands above every chat while its time lasts, and rules know of it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from chatbot.conversations.models import Site
from chatbot.conversations.sites import find_notice
from tests.conftest import publish
from tests.server import Server

OUTAGE = "Our telephone is out of order today."
RULES = """
rulebook: 1
intents: {call: {phrases: [call you]}}
rules:
  - {name: call_us, when: {intent: call}, then: [{reply: We are at 123.}]}
  - name: call_later
    when: {all: [{intent: call}, {fact: notice, known: true}]}
    then: [{reply: 'Not today: {notice}'}]
"""


def show(site: Site, **times: datetime) -> None:
    Site.objects.filter(pk=site.pk).update(notice=OUTAGE, **times)


@pytest.mark.django_db
def test_the_frame_shows_the_notice_and_hides_an_empty_one(site: Site) -> None:
    client = Client()
    assert '<p id="notice" role="note" dir="auto" hidden></p>' in read_frame(client, site)
    show(site)
    assert f'<p id="notice" role="note" dir="auto">{OUTAGE}</p>' in read_frame(client, site)


def read_frame(client: Client, site: Site) -> str:
    page = client.get("/widget/frame/", {"site": site.key}).content.decode()
    return " ".join(page.split())


def test_a_notice_has_its_time() -> None:
    now, hour = timezone.now(), timedelta(hours=1)
    early = Site(notice=OUTAGE, notice_from=now + hour)
    over = Site(notice=OUTAGE, notice_until=now)
    due = Site(notice=OUTAGE, notice_from=now, notice_until=now + hour)
    assert [find_notice(site=site, now=now) for site in (early, over, due)] == ["", "", OUTAGE]


def test_a_socket_is_told_the_notice_and_rules_see_it(site: Site, server: Server) -> None:
    show(site)
    publish(site, RULES)
    with server.chat() as chat:
        assert chat.welcome["notice"] == OUTAGE
        answer = chat.ask("can I call you?")
        assert answer["text"] == f"Not today: {OUTAGE}"
