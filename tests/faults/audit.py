"""Holds what clients were told against what the database has, and names every difference."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.faults.record import ANSWERERS, Event, Record

KINDS = (
    "lost",  # sent, and not in the log
    "doubled",  # more than once in the log, or never sent
    "disordered",  # stored in another order than sent
    "gap",  # the numbers are not 1, 2, 3 …
    "unanswered",  # an exchange without answer or recorded discard
    "answered twice",
    "told and lost",  # a client saw it, the log does not have it so
    "unseen",  # in the log, and no client was ever told
    "ended by itself",  # a part that nobody killed
)


@dataclass(frozen=True, slots=True)
class Exchange:
    state: str
    answer_seq: int | None


@dataclass(frozen=True, slots=True)
class Stored:
    """One conversation as the database has it."""

    last_seq: int
    events: Sequence[Event]
    exchanges: Mapping[str, Exchange]


@dataclass(frozen=True, slots=True)
class Violation:
    kind: str
    conversation: str
    detail: Any

    def __str__(self) -> str:
        return f"{self.kind}: conversation {self.conversation}: {self.detail}"


def find_violations(record: Record, stored: Stored) -> list[Violation]:
    """Every promise of INTERFACE's log that one conversation breaks."""
    found = (
        *_check_messages(record, stored),
        *_check_numbers(stored),
        *_check_exchanges(stored),
        *_check_telling(record, stored),
    )
    return [Violation(kind, record.conversation, detail) for kind, detail in found]


def _check_messages(record: Record, stored: Stored) -> Iterator[tuple[str, Any]]:
    sent = {message.client_id: message.text for message in record.sent}
    messages = [event for event in stored.events if event.get("client_id")]
    counts = Counter(event["client_id"] for event in messages)
    for client_id in sent.keys() - counts.keys():
        yield "lost", client_id
    for client_id, count in counts.items():
        if count > 1 or client_id not in sent:
            yield "doubled", client_id
    for event in messages:
        if sent.get(event["client_id"], event["text"]) != event["text"]:
            yield "told and lost", event["client_id"]
    in_order = [client_id for client_id in sent if client_id in counts]
    if [event["client_id"] for event in messages] != in_order and len(messages) == len(in_order):
        yield "disordered", [event["seq"] for event in messages]


def _check_numbers(stored: Stored) -> Iterator[tuple[str, Any]]:
    numbers = [event["seq"] for event in stored.events]
    if numbers != list(range(1, len(numbers) + 1)) or stored.last_seq != len(numbers):
        yield "gap", (numbers, stored.last_seq)


def _check_exchanges(stored: Stored) -> Iterator[tuple[str, Any]]:
    messages = [event for event in stored.events if event["kind"] == "message"]
    questions = Counter(e["exchange"] for e in messages if e["sender"] == "visitor")
    answers = Counter(e["exchange"] for e in messages if e["sender"] in ANSWERERS)
    discarded = Counter(each for e in stored.events for each in e.get("discarded", ()))
    for exchange_id in {*stored.exchanges, *questions} - {None}:
        exchange = stored.exchanges.get(exchange_id)
        endings = answers[exchange_id] + discarded[exchange_id]
        if exchange is None or endings == 0 or exchange.state == "pending":
            yield "unanswered", exchange_id
        if endings > 1:
            yield "answered twice", exchange_id
        if questions[exchange_id] != 1:
            yield "doubled", exchange_id


def _check_telling(record: Record, stored: Stored) -> Iterator[tuple[str, Any]]:
    there = {event["seq"]: event for event in stored.events}
    for seq in record.told_otherwise:
        yield "told and lost", f"number {seq} was told in two ways"
    for seq, event in record.events.items():
        if _project(there.get(seq)) != _project(event):
            yield "told and lost", f"number {seq}"
    for seq in there.keys() - record.events.keys():
        yield "unseen", f"number {seq}"


def _project(event: Event | None) -> tuple[Any, ...]:
    """What the database and the wire write alike."""
    names = ("seq", "kind", "sender", "text", "exchange", "client_id")
    return tuple(event.get(name) for name in names) if event else ()
