"""Visitors who come, ask what visitors ask, and go; as many at once as there are places."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random

import httpx

from tests.faults.visitor import Tally, Visitor

RULE = "where is my order AB-12345{number}"  # the same answer twice is left to the model
MODEL = "do you sell tea towels?"
ARTICLE = "how do I descale my kettle?"
# What is asked, how often; `mode:` tells the model how to behave.
TOPICS = (
    (RULE, 60),
    ("track my order", 8),
    ("gift idea", 4),
    (MODEL, 12),
    (f"{MODEL} mode:paced", 4),
    (f"{MODEL} mode:cut", 1),
    (f"{MODEL} mode:error", 1),
    (f"{ARTICLE} mode:error", 4),
    (f"{ARTICLE} mode:cut", 2),
    (f"{ARTICLE} mode:rate-limit", 2),
    (f"{ARTICLE} mode:stall", 1),
)
ENDINGS = ("goodbye", "talk to a person", "I complain", "", "", "")


@dataclass(slots=True, kw_only=True)
class Crowd:
    """`think` is the mean pause between two messages of one visitor, in seconds."""

    ports: Sequence[int]
    http: httpx.AsyncClient
    rng: Random
    think: float
    tally: Tally = field(default_factory=Tally)
    visitors: list[Visitor] = field(default_factory=list)
    _spoke: asyncio.Event = field(default_factory=asyncio.Event)
    _visits: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def message_count(self) -> int:
        return sum(len(visitor.record.sent) for visitor in self.visitors)

    async def until(self, count: int) -> None:
        """Returns when so many messages have been sent."""
        while self.message_count < count:
            self._spoke.clear()
            await self._spoke.wait()

    async def come_and_go(self, *, places: int, is_over: Callable[[], bool]) -> None:
        """A place is taken again as soon as its visitor has said everything."""
        await asyncio.gather(*(self._fill_place(is_over) for _ in range(places)))

    async def settle(self, *, seconds: float) -> None:
        """Until everybody has heard everything, at most so long."""
        if self._visits:
            await asyncio.wait(self._visits, timeout=seconds)
        for visit in self._visits:
            visit.cancel()
        await asyncio.gather(*self._visits, return_exceptions=True)

    async def _fill_place(self, is_over: Callable[[], bool]) -> None:
        while not is_over():
            visitor = self._build_visitor()
            self.visitors.append(visitor)
            has_spoken = asyncio.Event()
            self._visits.add(asyncio.create_task(self._visit(visitor, has_spoken)))
            await has_spoken.wait()

    def _build_visitor(self) -> Visitor:
        return Visitor(
            ports=self.ports,
            http=self.http,
            rng=Random(self.rng.random()),
            tally=self.tally,
            uses_sockets=self.rng.random() < 0.9,
        )

    async def _visit(self, visitor: Visitor, has_spoken: asyncio.Event) -> None:
        async with visitor.online():
            for text in _build_script(visitor.rng):
                await visitor.say(text)
                self._spoke.set()
                if visitor.rng.random() < 0.2:
                    await visitor.hear_out()
                if visitor.rng.random() < 0.05:
                    await visitor.rate()
                await asyncio.sleep(visitor.rng.expovariate(1 / self.think))
            has_spoken.set()
            await visitor.hear_out()


def _build_script(rng: Random) -> Iterator[str]:
    topics, weights = zip(*TOPICS, strict=True)
    for number in range(rng.randint(3, 12)):
        topic = rng.choices(topics, weights)[0].format(number=number % 10)
        yield f"{topic} (message {number})"
    ending = rng.choice(ENDINGS)
    if ending == "goodbye":
        yield f"{MODEL} mode:paced"  # its answer will hardly come before the end
    if ending:
        yield ending
    if ending and ending != "goodbye":
        yield "where is my order?"  # a person owns it now: nothing answers
