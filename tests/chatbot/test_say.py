"""`manage.py say`: one message against the live release, nothing stored."""

from __future__ import annotations

import json

import pytest
from django.core.management import CommandError

from chatbot.conversations.models import Conversation, Event, Exchange, Site
from tests.chatbot.commands import run
from tests.conftest import make_site

pytestmark = pytest.mark.django_db(transaction=True)

DECISION = {"text", "route", "rule", "reason", "intents", "reply", "entities"}


def test_the_answer_is_printed_with_its_rule(site: Site) -> None:
    printed = run("say", "where is my order AB-123456")
    assert printed.startswith("Order AB-123456 is on its way.\n")
    assert "order_status" in printed


def test_a_message_without_a_rule_is_said_to_escalate(site: Site) -> None:
    assert "escalate, rule none" in run("say", "do you sell bicycles?")


def test_json_is_one_line_as_decide_gives_it(site: Site) -> None:
    printed = run("say", "where is my order AB-123456", "--json")
    assert printed.count("\n") == 1
    decision = json.loads(printed)
    assert set(decision) == DECISION
    assert decision["entities"] == {"order_number": ["AB-123456"]}


def test_slots_are_known_beforehand(site: Site) -> None:
    slots = '{"order_number": "AB-999999"}'
    assert "Order AB-999999 is" in run("say", "where is my parcel?", "--slots", slots)


def test_the_trace_tells_every_reason(site: Site) -> None:
    printed = run("say", "where is my parcel?", "--json", "--trace")
    _decision, trace = printed.split("\n", 1)
    assert "ask_order_number" in json.dumps(json.loads(trace))


@pytest.mark.parametrize("slots", ["nonsense", "[]", "7", '{"a b": 1}', '{"a": [1]}', "null"])
def test_slots_that_make_no_sense_are_said_to_make_none(site: Site, slots: str) -> None:
    with pytest.raises(CommandError, match="--slots"):
        run("say", "hi", "--slots", slots)


def test_without_a_release_the_exit_code_is_2(transactional_db: None) -> None:
    Site.objects.all().delete()
    make_site()
    with pytest.raises(CommandError) as raised:
        run("say", "hi")
    assert raised.value.returncode == 2


def test_an_unknown_site_is_named_with_those_there_are(site: Site) -> None:
    with pytest.raises(CommandError, match=r"'nobody'.*default"):
        run("say", "hi", "--site", "nobody")


def test_bytes_that_are_no_text_are_taken_as_such(site: Site) -> None:
    assert "escalate" in run("say", "\udcff")


def test_nothing_is_stored(site: Site) -> None:
    run("say", "where is my parcel?", "--trace")
    stored = (Conversation, Exchange, Event)
    assert not any(model.objects.exists() for model in stored)
