"""Many visitors' turns share a commit, and none of them suffers from another's."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError
from django.utils import timezone

from chatbot.conversations import log, turn
from chatbot.conversations.events import Draft
from chatbot.conversations.log import entries
from chatbot.conversations.log.batches import Batches
from chatbot.conversations.log.entries import Entry
from chatbot.conversations.log.stores import Refused
from chatbot.conversations.messages import VisitorMessage
from chatbot.conversations.models import Event, Kind, Sender, Site, Status
from chatbot.conversations.snapshots import Version
from tests.chatbot.invariants import check_log

ORDER = "where is my order AB-123456"
GOLD = "am i gold"
UNSTORABLE = {"points": 2**70}  # more than JSON writers of either database take


def open_conversation(site: Site, claimed: dict[str, Any] | None = None) -> UUID:
    conversation = log.open_conversation(
        site=site, now=timezone.now(), language="", verified={}, claimed=claimed or {}
    )
    return conversation.pk


def run(*calls: Coroutine[Any, Any, Any]) -> list[Any]:
    """All at once on one loop; what each gave or raised."""

    async def gather() -> list[Any]:
        try:
            return await asyncio.gather(*calls, return_exceptions=True)
        finally:
            await log.close_batches()

    return asyncio.run(gather())


def say(
    conversation_id: UUID, text: str = ORDER, client_id: UUID | None = None
) -> Coroutine[Any, Any, turn.Receipt]:
    message = VisitorMessage(client_id=client_id or uuid4(), text=text)
    return turn.take_message(conversation_id=conversation_id, message=message)


async def say_all(conversation_id: UUID, *texts: str) -> list[turn.Receipt]:
    return [await say(conversation_id, text) for text in texts]


def test_visitors_who_write_at_once_all_get_their_answers(site: Site) -> None:
    visitors = [open_conversation(site, {"tier": "gold"}) for _ in range(30)]
    for receipts in run(*(say_all(each, ORDER, GOLD, ORDER) for each in visitors)):
        assert [receipt.answer.seq for receipt in receipts] == [2, 4, 6]
    for each in visitors:
        check_log(each)


def test_a_message_that_cannot_be_stored_harms_only_itself(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    visitors = [open_conversation(site) for _ in range(9)]
    visitors.insert(4, open_conversation(site, UNSTORABLE))
    results = run(*(say(each) for each in visitors))
    assert isinstance(results.pop(4), log.Unstorable)
    assert [result.answer.seq for result in results] == [2] * 9
    assert not Event.objects.filter(conversation_id=visitors[4]).exists()
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == [
        "message cannot be stored"
    ]


def test_the_same_message_again_gets_the_stored_answer(site: Site) -> None:
    visitor, client_id = open_conversation(site), uuid4()

    async def repeat() -> list[turn.Receipt]:
        return [await say(visitor, text, client_id) for text in (ORDER, "something else", ORDER)]

    ((first, *others),) = run(repeat())
    assert first.is_new
    for receipt in others:
        assert (receipt.question, receipt.answer) == (first.question, first.answer)
        assert not receipt.is_new
    assert len(check_log(visitor)) == 2


def test_the_same_message_at_both_doors_at_once_is_stored_once(site: Site) -> None:
    visitor, client_id = open_conversation(site), uuid4()
    receipts = run(*(say(visitor, ORDER, client_id) for _ in range(5)))
    assert sorted(receipt.is_new for receipt in receipts) == [False] * 4 + [True]
    assert len(check_log(visitor)) == 2


def test_a_handover_is_stored_once_however_it_is_repeated(site: Site) -> None:
    visitor, client_id = open_conversation(site), uuid4()
    receipts = run(*(say(visitor, "talk to a person", client_id) for _ in range(4)))
    assert sorted(receipt.is_new for receipt in receipts) == [False] * 3 + [True]
    assert [event.kind for event in check_log(visitor)] == ["message", "message", "status"]


def test_what_another_process_changed_meanwhile_is_seen(site: Site) -> None:
    """A person took over there; here the conversation is still known as the bot's."""
    visitor = open_conversation(site)
    status = Draft(kind=Kind.STATUS, sender=Sender.SYSTEM, status=Status.AGENT)

    def take_over_elsewhere() -> None:
        with log.changing(visitor) as conversation:
            log.append(conversation=conversation, drafts=[status], now=timezone.now())

    async def converse() -> turn.Receipt:
        await say(visitor)
        await asyncio.to_thread(take_over_elsewhere)
        return await say(visitor, GOLD)

    (receipt,) = run(converse())
    assert (receipt.question.seq, receipt.answer) == (4, None)
    assert [event.sender for event in check_log(visitor)] == ["visitor", "bot", "system", "visitor"]


def test_who_the_visitor_is_counts_from_the_moment_it_is_known(site: Site) -> None:
    """Another process learned it: no event, and still nobody decides by what was before."""
    visitor = open_conversation(site)
    identity = {"id": "7", "tier": "gold", "name": "Ada"}

    async def converse() -> turn.Receipt:
        await say(visitor)
        await asyncio.to_thread(log.record_identity, conversation_id=visitor, verified=identity)
        return await say(visitor, GOLD)

    (receipt,) = run(converse())
    assert receipt.answer is not None
    assert receipt.answer.text == "You are gold, Ada."


class Shelf:
    """A store that keeps entries in memory, and does as told with those it does not like."""

    def __init__(self, error: Exception | None = None) -> None:
        self.batches: list[list[int]] = []
        self.error = error
        self.open = asyncio.Event()

    async def write(self, written: Sequence[Entry]) -> set[UUID]:
        await self.open.wait()
        self.batches.append([entry.last_seq for entry in written])
        if self.error and any(entry.last_seq == 13 for entry in written):
            raise self.error
        return {entry.conversation_id for entry in written}

    async def close(self) -> None: ...


def build_entry(number: int) -> Entry:
    conversation_id, at = uuid4(), timezone.now()
    draft = Draft(sender=Sender.VISITOR, text="hello", client_id=uuid4())
    return Entry(
        conversation_id=conversation_id,
        version=Version(number - 1, Status.BOT, 0),
        at=at,
        question=entries.number(draft, conversation_id=conversation_id, seq=number, at=at),
        notices=[],
        answer=None,
        opening=None,
        state={},
    )


async def test_what_comes_during_a_commit_shares_the_next() -> None:
    shelf = Shelf()
    batches = Batches(shelf)
    first = asyncio.create_task(batches.record(build_entry(1)))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    others = [asyncio.create_task(batches.record(build_entry(n))) for n in (2, 3, 4)]
    await asyncio.sleep(0)
    shelf.open.set()
    assert await asyncio.gather(first, *others) == [True] * 4
    assert shelf.batches == [[1], [2, 3, 4]]


async def test_more_than_can_wait_is_told_to_come_later() -> None:
    shelf = Shelf()
    batches = Batches(shelf, most=2)
    waiting = [asyncio.create_task(batches.record(build_entry(n))) for n in range(3)]
    await asyncio.sleep(0)
    shelf.open.set()
    results = await asyncio.gather(*waiting, return_exceptions=True)
    assert results[:2] == [True, True]
    assert isinstance(results[2], log.Overloaded)


async def test_the_one_that_is_refused_is_found_by_halves() -> None:
    shelf = Shelf(Refused("no"))
    shelf.open.set()
    batches = Batches(shelf)
    sent = [build_entry(number) for number in range(20)]
    results = await asyncio.gather(*map(batches.record, sent), return_exceptions=True)
    assert isinstance(results.pop(13), log.Unstorable)
    assert results == [True] * 19


async def test_while_the_database_is_away_everybody_is_told() -> None:
    shelf = Shelf(DatabaseError("gone"))
    shelf.open.set()
    batches = Batches(shelf)
    sent = [build_entry(number) for number in (12, 13, 14)]
    results = await asyncio.gather(*map(batches.record, sent), return_exceptions=True)
    assert all(isinstance(result, DatabaseError) for result in results)
    assert await batches.record(build_entry(15))


async def test_a_visitor_who_leaves_meanwhile_holds_nobody_up() -> None:
    shelf = Shelf()
    batches = Batches(shelf)
    leaving, staying = (asyncio.create_task(batches.record(build_entry(n))) for n in (1, 2))
    await asyncio.sleep(0)
    leaving.cancel()
    shelf.open.set()
    assert await staying
