"""The audit itself: it finds what it is there to find, and nothing in a log that is right."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.faults.audit import KINDS, Exchange, Stored, find_violations
from tests.faults.record import Message, Record

ONE, TWO = Message("one", "c1"), Message("two", "c2")


def build_event(seq: int, **more: Any) -> dict[str, Any]:
    event = {"seq": seq, "kind": "message", "sender": "bot", "text": "", "exchange": None}
    return {**event, "client_id": None, "discarded": (), **more}


def build_question(seq: int, message: Message, exchange: str) -> dict[str, Any]:
    mine = {"text": message.text, "client_id": message.client_id, "exchange": exchange}
    return build_event(seq, sender="visitor", **mine)


EVENTS = [
    build_question(1, ONE, "x1"),
    build_question(2, TWO, "x2"),
    build_event(3, exchange="x2", text="Hello"),
    build_event(4, kind="status", sender="system", discarded=["x1"]),
]
EXCHANGES = {"x1": Exchange("discarded", None), "x2": Exchange("answered", 3)}
STORED = Stored(last_seq=4, events=EVENTS, exchanges=EXCHANGES)


def build_record() -> Record:
    events = {event["seq"]: event for event in EVENTS}
    return Record(conversation="c", sent=[ONE, TWO], events=dict(events))


def find_kinds(record: Record, stored: Stored) -> set[str]:
    return {violation.kind for violation in find_violations(record, stored)}


def without(seq: int) -> Stored:
    return replace(STORED, events=[event for event in EVENTS if event["seq"] != seq])


def with_event(**event: Any) -> Stored:
    return replace(STORED, last_seq=5, events=[*EVENTS, build_event(5, **event)])


def test_nothing_is_found_in_a_log_that_keeps_every_promise() -> None:
    assert find_kinds(build_record(), STORED) == set()


@pytest.mark.parametrize(
    ("kind", "stored"),
    [
        ("lost", without(1)),
        ("doubled", with_event(sender="visitor", text="one", client_id="c1")),
        ("doubled", with_event(sender="visitor", text="?", client_id="never sent")),
        ("gap", without(2)),
        ("gap", replace(STORED, last_seq=5)),
        ("unanswered", without(3)),
        ("unanswered", replace(STORED, exchanges={"x1": Exchange("pending", None)})),
        ("answered twice", with_event(exchange="x2", text="Hello again")),
        ("answered twice", with_event(exchange="x1", text="Late")),
        ("told and lost", without(4)),
        ("unseen", with_event(sender="system")),
    ],
)
def test_what_the_database_has_wrong_is_found(kind: str, stored: Stored) -> None:
    assert kind in find_kinds(build_record(), stored)
    assert kind in KINDS


def test_messages_in_another_order_than_sent_are_found() -> None:
    record = build_record()
    record.sent.reverse()
    assert find_kinds(record, STORED) == {"disordered"}


def test_an_event_that_is_told_in_two_ways_is_found() -> None:
    record = build_record()
    assert not record.note({**EVENTS[2], "text": "Goodbye"})
    assert find_kinds(record, STORED) == {"told and lost"}


def test_a_client_knows_which_of_its_questions_are_still_open() -> None:
    record = build_record()
    assert record.find_open_exchanges() == set()
    del record.events[4]
    assert record.find_open_exchanges() == {"x1"}
    assert record.last_seq == 3
