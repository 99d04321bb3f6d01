"""Messages of one conversation take turns, first come first served, whoever gives up meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID, uuid4

import pytest

from chatbot.conversations.order import hold


async def take_turns(
    conversation_id: UUID, *, names: str, leaves: Sequence[str] = (), fails: str = ""
) -> str:
    """Who got a turn, in order; all of `names` come while the first one holds it."""
    done: list[str] = []
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def take(name: str) -> None:
        async with hold(conversation_id):
            done.append(name)
            begun.set()
            await may_end.wait()
            if name == fails:
                raise ValueError(name)

    tasks = {name: asyncio.create_task(take(name)) for name in names}
    await begun.wait()
    await asyncio.sleep(0)
    for name in leaves:
        tasks[name].cancel()
    may_end.set()
    for task in tasks.values():
        with suppress(asyncio.CancelledError, ValueError):
            await task
    return "".join(done)


async def test_they_take_turns_in_the_order_they_came() -> None:
    assert await take_turns(uuid4(), names="abcd") == "abcd"


@pytest.mark.parametrize("leaves", ["b", "bc", "d", "bcd"])
async def test_who_gives_up_holds_up_nobody(leaves: str) -> None:
    conversation_id = uuid4()
    expected = "".join(name for name in "abcd" if name not in leaves)
    assert await take_turns(conversation_id, names="abcd", leaves=leaves) == expected
    assert await take_turns(conversation_id, names="e") == "e"


async def test_one_that_fails_passes_the_turn_on() -> None:
    assert await take_turns(uuid4(), names="abc", fails="b") == "abc"


async def test_one_that_gives_up_as_its_turn_comes_passes_it_on() -> None:
    conversation_id = uuid4()
    first, second = hold(conversation_id), hold(conversation_id)
    await first.__aenter__()
    waiting = asyncio.create_task(second.__aenter__())
    last = asyncio.create_task(take_turns(conversation_id, names="z"))
    await asyncio.sleep(0)
    await first.__aexit__(None, None, None)
    waiting.cancel()  # it has the turn, and does not know yet
    assert await asyncio.wait_for(last, timeout=2) == "z"


async def test_others_need_not_wait() -> None:
    async with hold(uuid4()):
        assert await asyncio.wait_for(take_turns(uuid4(), names="a"), timeout=2) == "a"
