"""Asks stored cases through the gateway: a few at a time, within a limit, to the end or resumable.

What is to be asked stands in the database before anything is. Whoever holds a run's lease asks
what is still waiting; if its process dies the lease ends, and another may go on. An answer whose
process died while it was under way is asked again.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, ParamSpec, TypeVar, cast
from uuid import UUID, uuid4

from channels.db import database_sync_to_async
from django.db.models import F, Q, Sum

from llm_bridge import gateway, knowledge
from llm_bridge.approved.finding import find_examples
from llm_bridge.models import ModelCall
from llm_bridge.plan import Plan, parse_plan
from llm_bridge.releases.contents import fit_plan
from llm_bridge.releases.expectations import find_problems, parse_expected
from llm_bridge.releases.stages import Configured, Stage, find_stage, get_configured
from llm_bridge.releases.tables import CaseAnswer, CaseRun

P = ParamSpec("P")
T = TypeVar("T")

AT_ONCE = 4
LEASE = timedelta(seconds=90)  # longer than one question may take, retries included
MOST_SECONDS = 20 * 60.0  # of asking, for one run

logger = logging.getLogger(__name__)
State = CaseRun.State
# Stopped by a person, or taken over because this process was too slow.
LOST = "lost"
UNDER_WAY = (State.WAITING, State.RUNNING)


@dataclass(slots=True)
class _Work:
    """A run in the hands of this process."""

    run: CaseRun
    stage: Stage
    configured: Configured
    plans: dict[str, Plan]
    started: float = field(default_factory=time.monotonic)
    why: str = ""


def is_interrupted(run: CaseRun, *, now: datetime) -> bool:
    """Nobody carries it out although it is not finished."""
    is_held = run.leased_until is not None and run.leased_until > now
    return run.state in UNDER_WAY and not is_held


async def carry_out(
    run_id: UUID, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> CaseRun | None:
    """Asks what is waiting and gives the run back, still held: whoever calls adds to it or ends
    it. None where another process has it, or it was stopped or taken over meanwhile."""
    work = await in_thread(_claim)(run_id=run_id, owner=uuid4(), now=clock())
    if work is None:
        return None
    await _ask_all(work, await in_thread(_find_waiting)(work), clock)
    if work.why == LOST:
        logger.info("run left", extra={"run": str(run_id)})
        return None
    await in_thread(_note)(work)
    return work.run


def finish(*, run: CaseRun, now: datetime) -> bool:
    """Ends a run that `carry_out` gave back; False if it was stopped meanwhile."""
    state = State.CUT_SHORT if run.why else State.FINISHED
    held = CaseRun.objects.filter(pk=run.pk, owner=run.owner, state=State.RUNNING)
    ended = held.update(state=state, why=run.why, finished_at=now, leased_until=None)
    if ended:
        logger.info("run ended", extra={"run": str(run.pk), "state": str(state), "why": run.why})
    return bool(ended)


async def _ask_all(
    work: _Work, waiting: Sequence[CaseAnswer], clock: Callable[[], datetime]
) -> None:
    """A few at a time; whoever sees that it has to end leaves the rest waiting."""
    left = list(reversed(waiting))

    async def ask_on() -> None:
        while left and not work.why:
            row = left.pop()
            asked = await _ask(work, row)
            if asked is None:
                return
            if not await in_thread(_record)(work, row, asked, now=clock()):
                work.why = LOST

    async with asyncio.TaskGroup() as group:
        for _ in range(AT_ONCE):
            group.create_task(ask_on())


@dataclass(frozen=True, slots=True)
class _Asked:
    answer: gateway.Answer | None
    failure: gateway.FailureReason | None
    ms: int


async def _ask(work: _Work, row: CaseAnswer) -> _Asked | None:
    """One question through the gateway; None when time or money is up."""
    seconds = work.run.seconds + time.monotonic() - work.started
    if seconds > MOST_SECONDS:
        work.why = work.why or "time"
        return None
    started = time.monotonic()
    query = await in_thread(_build_query)(work, row)
    plan = work.plans[row.side]
    if work.run.kind == CaseRun.Kind.CANARY:
        # The first alone: another that stands in for it must not pass for a change of answers.
        plan = replace(plan, choices=plan.get_order(query)[:1], hard_choices=())
    roster = gateway.build_roster(work.configured.providers, plan=plan)
    answer, failure = None, None
    try:
        async with aclosing(gateway.stream_answer(query=query, roster=roster)) as pieces:
            async for piece in pieces:
                if isinstance(piece, gateway.Answer):
                    answer = piece
    except gateway.AnswerFailed as error:
        failure = error.reason
    if failure == gateway.FailureReason.BUDGET:
        work.why = work.why or "money"
        return None
    return _Asked(answer, failure, round((time.monotonic() - started) * 1000))


def _build_query(work: _Work, row: CaseAnswer) -> gateway.Query:
    stage, run = work.stage, work.run
    now, base_id, question = datetime.now(UTC), stage.base_id, row.question
    language = row.expected.get("language") or stage.language
    articles = knowledge.find_sources(
        base_id=base_id, question=question, language=language, now=now
    )
    examples = find_examples(base_id=base_id, question=question, language=language, now=now)
    return gateway.Query(
        question=question,
        history=(),
        sources=articles + examples,
        language=language,
        site_name=stage.site_name,
        instruction=None,
        reference=row.pk,
        guards=stage.guards,
        budget=stage.build_budget(account=run.account, limit=run.limit, now=now),
    )


def _claim(*, run_id: UUID, owner: UUID, now: datetime) -> _Work | None:
    """The run, if nobody else has it."""
    free = Q(leased_until=None) | Q(leased_until__lte=now)
    rows = CaseRun.objects.filter(free, pk=run_id, state__in=UNDER_WAY)
    if not rows.update(owner=owner, leased_until=now + LEASE, state=State.RUNNING):
        return None
    run = CaseRun.objects.select_related("profile").get(pk=run_id)
    stage, configured = find_stage(run.profile), get_configured()
    if stage is None or not configured.providers:
        run.why = "nobody"
        finish(run=run, now=now)
        return None
    return _Work(run=run, stage=stage, configured=configured, plans=_build_plans(run, configured))


def _build_plans(run: CaseRun, configured: Configured) -> dict[str, Plan]:
    plans = {CaseAnswer.Side.TRIED.value: _fit(run.content, configured)}
    if run.beside is not None:
        live = _fit(run.beside, configured, release=run.release_id)
        plans[CaseAnswer.Side.LIVE.value] = live
    return plans


def _fit(content: Any, configured: Configured, release: int | None = None) -> Plan:
    plan = parse_plan(content, release=release)
    return fit_plan(plan, providers=configured.providers, default=configured.default).plan


def _find_waiting(work: _Work) -> list[CaseAnswer]:
    return list(work.run.answers.filter(state=CaseAnswer.State.WAITING))


def _record(work: _Work, row: CaseAnswer, asked: _Asked, *, now: datetime) -> bool:
    """Keeps the answer and the lease; False when the run is not ours any more."""
    run, answer = work.run, asked.answer
    mine = CaseRun.objects.filter(pk=run.pk, owner=run.owner, state=State.RUNNING)
    if not mine.update(leased_until=now + LEASE):
        return False
    problems = [f"No answer: {asked.failure or 'empty'}."]
    state = CaseAnswer.State.UNANSWERED
    if answer is not None:
        expected = parse_expected(row.expected)
        problems = list(find_problems(expected, text=answer.text, action=answer.action))
        state = CaseAnswer.State.FAILED if problems else CaseAnswer.State.PASSED
    spent = ModelCall.objects.filter(reference=row.pk).aggregate(
        cost=Sum("cost"), prompt=Sum("prompt_tokens"), completion=Sum("completion_tokens")
    )
    CaseAnswer.objects.filter(pk=row.pk).update(
        state=state,
        problems=problems,
        text=answer.text if answer else "",
        action=answer.action if answer else "",
        model=answer.model[:200] if answer else "",
        prompt_tokens=spent["prompt"],
        completion_tokens=spent["completion"],
        cost=spent["cost"] or 0,
        ms=asked.ms,
    )
    return True


def _note(work: _Work) -> None:
    """How long it was asked, and why it ended early if it did."""
    work.run.why = work.why
    spent = time.monotonic() - work.started
    CaseRun.objects.filter(pk=work.run.pk).update(seconds=F("seconds") + spent)


def release(*, run: CaseRun) -> bool:
    """Lets go of a run that has more to ask; False if it was stopped meanwhile."""
    held = CaseRun.objects.filter(pk=run.pk, owner=run.owner, state=State.RUNNING)
    return bool(held.update(leased_until=None))


def stop(*, run: CaseRun, now: datetime, why: str = "person") -> bool:
    """Ends it from outside; what is under way is not recorded any more."""
    return bool(
        CaseRun.objects.filter(pk=run.pk, state__in=UNDER_WAY).update(
            state=State.CUT_SHORT, why=why, finished_at=now, leased_until=None, owner=None
        )
    )


def in_thread(function: Callable[P, T]) -> Callable[P, Awaitable[T]]:
    """The same call, awaited, in a thread of this loop's own."""
    return cast(
        "Callable[P, Awaitable[T]]", database_sync_to_async(function, thread_sensitive=False)
    )
