"""One question on its way, and each attempt to have it answered: clocks, breaker, ledger row."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import UUID

import uuid6

from llm_bridge.chain import Chain, Limits, Turn
from llm_bridge.guards.notes import Note
from llm_bridge.models import ModelCall
from llm_bridge.money.accounts import OutOfBudget
from llm_bridge.money.bill import Bill
from llm_bridge.money.purchases import Purchase, Receipt
from llm_bridge.providers.breaker import Breaker, get_breaker
from llm_bridge.providers.chunks import Chunk
from llm_bridge.providers.errors import ProviderError
from llm_bridge.providers.pool import get_provider
from llm_bridge.roster import Roster
from llm_bridge.tokens import estimate_tokens
from llm_bridge.values import Answer, AnswerFailed, FailureReason, Query, Request, Usage

Outcome = ModelCall.Outcome

_NOT_ASKED = frozenset({FailureReason.BREAKER_OPEN, FailureReason.BUDGET, FailureReason.BUSY})


@dataclass(slots=True)
class Call:
    """One question within its deadline; it knows the attempts made so far."""

    query: Query
    roster: Roster
    limits: Limits
    clock: Callable[[], float]
    attempts: list[Attempt] = field(default_factory=list)
    started: float = field(init=False)
    chain: Chain = field(init=False)

    def __post_init__(self) -> None:
        self.started = self.clock()
        targets = self.roster.get_targets(self.query)
        self.chain = Chain(targets, limits=self.limits, started=self.started)

    @property
    def deadline(self) -> float:
        return self.started + self.limits.total

    @property
    def elapsed_ms(self) -> int:
        return round((self.clock() - self.started) * 1000)

    async def find_next(self) -> Attempt | None:
        """The next attempt, after waiting for its time; None when there is none."""
        if any(attempt.is_last for attempt in self.attempts):
            return None
        turn = self.chain.find_next(now=self.clock())
        if turn is None:
            return None
        await asyncio.sleep(turn.wait)
        self.attempts.append(attempt := Attempt(self, turn, number=len(self.attempts) + 1))
        return attempt

    def build_failure(self) -> AnswerFailed:
        """Why nobody answered: the last who was asked, else why nobody was."""
        asked = [each for each in self.attempts if each.reason not in _NOT_ASKED]
        if not self.attempts:
            return AnswerFailed(FailureReason.NOT_CONFIGURED)
        last = (asked or self.attempts)[-1]
        reason = last.reason or FailureReason.EMPTY
        notes = tuple(note for each in self.attempts for note in each.notes)
        return AnswerFailed(reason, call_id=last.row_id, attempts=len(asked), notes=notes)


@dataclass(slots=True)
class Attempt:
    """One provider's try at the question: filled in while it goes on, recorded once."""

    call: Call
    turn: Turn
    number: int
    id: UUID = field(default_factory=uuid6.uuid7)
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    started: float = field(init=False)
    breaker: Breaker = field(init=False)
    model: str = field(init=False)
    is_admitted: bool = False
    first_token: float | None = None
    has_shown: bool = False
    usage: Usage | None = None
    finish_reason: str = ""
    prompt_version: str = ""
    reason: FailureReason | None = None
    said_tokens: int = 0  # an estimate
    bill: Bill | None = None
    notes: tuple[Note, ...] = ()
    row_id: UUID | None = None

    def __post_init__(self) -> None:
        self.started = self.call.clock()
        self.model = self.turn.target.model
        self.breaker = get_breaker(self.turn.target.config, self.turn.target.model)

    @asynccontextmanager
    async def under_way(self) -> AsyncIterator[None]:
        """Until the ledger's row, however it ends; failures stay inside."""
        try:
            yield
        except ProviderError as error:
            self.reason = error.reason
            self.breaker.note_failure(self, error, now=self.call.clock())
            self.call.chain.note_failure(self.turn.target, error, now=self.call.clock())
            await self._record(Outcome.FAILED)
        except BaseException:  # cancelled or closed, perhaps while a piece was shown
            self.breaker.note_abandoned(self)
            await self._record(Outcome.CANCELLED)
            raise
        else:
            await self._record(Outcome.ANSWERED)

    def _check_breaker(self) -> None:
        """Once for all requests of the attempt."""
        self.is_admitted = self.is_admitted or self.breaker.admit(self, now=self.call.clock())
        if not self.is_admitted:
            raise ProviderError(FailureReason.BREAKER_OPEN)

    async def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
        """The chunks of one request, in time; an attempt may need several, for tools."""
        config, before = self.turn.target.config, self.usage
        self.finish_reason = ""
        self._check_breaker()
        provider = await get_provider(config)
        # Half of its time for a place, so that the other half is left for the answer.
        async with _take_place(provider.places, seconds=self._find_limit()[0] / 2):
            await self._reserve(request)
            stream = provider.stream(
                request,
                timeout=max(0.0, self.call.deadline - self.call.clock()),
                connect=self.call.limits.connect,
                model=self.turn.target.model,
                reasoning_effort=self.turn.target.reasoning_effort,
            )
            async with aclosing(stream) as chunks:
                while (chunk := await self._next_in_time(chunks)) is not None:
                    self._note(chunk, before)
                    yield chunk

    def note(self, notes: tuple[Note, ...], *, is_well: bool) -> None:
        """What guards found in one more draft; where this one is well, it mended those before."""
        if is_well:
            mended = (each for each in self.notes if each.outcome == "refused")
            self.notes = tuple(replace(each, outcome="repaired") for each in mended)
        self.notes = (*self.notes, *notes)

    def _note(self, chunk: Chunk, before: Usage | None) -> None:
        if self.first_token is None and (chunk.text or chunk.tool_calls):
            self.first_token = self.call.clock()
            self.breaker.note_success(self, now=self.first_token)
        self.model = chunk.model or self.model
        self.finish_reason = chunk.finish_reason or self.finish_reason
        self.said_tokens += estimate_tokens(chunk.text)
        if chunk.usage:
            self.usage = chunk.usage + before if before else chunk.usage

    async def _next_in_time(self, chunks: AsyncIterator[Chunk]) -> Chunk | None:
        """The next chunk, or None at the end; the limits are looked at between chunks."""
        seconds, late = self._find_limit()
        try:
            async with asyncio.timeout(seconds):
                return await anext(chunks, None)
        except TimeoutError as error:
            raise ProviderError(late) from error

    @property
    def is_last(self) -> bool:
        """The visitor has read the beginning of an answer, or no model may give one."""
        return self.has_shown or self.reason is FailureReason.SEALED

    @property
    def seconds_left(self) -> float:
        """Until its time is up, for what is done between two requests."""
        return self._find_limit()[0]

    def _find_limit(self) -> tuple[float, FailureReason]:
        """How long the next piece may take: whichever limit comes first, and its reason."""
        limits = [(self.call.deadline, FailureReason.TIMEOUT_TOTAL)]
        share = self.started + self.turn.share
        if self.first_token is None:
            by = min(share, self.started + self.call.limits.first_token)
            limits.append((by, FailureReason.TIMEOUT_FIRST_TOKEN))
        elif not self.has_shown:
            limits.append((share, FailureReason.TIMEOUT_TOTAL))
        until, late = min(limits, key=lambda limit: limit[0])
        return max(0.0, until - self.call.clock()), late

    async def _reserve(self, request: Request) -> None:
        before = self.call.clock()
        try:
            await self._get_bill().reserve(request)
        except OutOfBudget as error:
            raise ProviderError(FailureReason.BUDGET) from error
        # Our own book-keeping is not the provider's slowness.
        self.started += self.call.clock() - before

    def _get_bill(self) -> Bill:
        if self.bill is None:
            config = self.turn.target.config
            purchase = Purchase(
                call_id=self.id,
                reference=self.call.query.reference,
                provider=config.kind.name,
                host=config.host,
                model=self.turn.target.model,
                model_release=self.call.roster.plan.release,
                prompt_version=self.prompt_version,
                started_at=self.started_at,
                budget=self.call.query.budget,
            )
            self.bill = Bill(purchase)
        return self.bill

    async def _record(self, outcome: Outcome) -> None:
        receipt = Receipt(
            outcome=outcome,
            reason=self.reason,
            model=self.model,
            usage=self.usage,
            said_tokens=self.said_tokens,
            first_token_ms=self._since_start(self.first_token),
            total_ms=self._since_start(self.call.clock()) or 0,
            attempt=self.number,
        )
        self.row_id = self.id
        # Shielded: a task that is cancelled again meanwhile must not lose its receipt.
        await asyncio.shield(self._get_bill().close(receipt))

    def build_answer(self, text: str) -> Answer:
        total_ms = self.call.elapsed_ms
        shown_at = self.first_token or self.call.clock()
        return Answer(
            text=text,
            model=self.model,
            prompt_version=self.prompt_version,
            call_id=self.row_id,
            usage=self.usage,
            attempts=len(self.call.attempts),
            first_token_ms=round((shown_at - self.call.started) * 1000),
            total_ms=total_ms,
            notes=self.notes,
        )

    def _since_start(self, moment: float | None) -> int | None:
        return None if moment is None else round((moment - self.started) * 1000)


@asynccontextmanager
async def _take_place(places: asyncio.Semaphore, *, seconds: float) -> AsyncIterator[None]:
    """One of the provider's places; ProviderError if none gets free in time."""
    try:
        async with asyncio.timeout(seconds):
            await places.acquire()
    except TimeoutError as error:
        raise ProviderError(FailureReason.BUSY) from error
    try:
        yield
    finally:
        places.release()
