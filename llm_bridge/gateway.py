"""Asks the models one question: in time, guarded, on the ledger, or a failure with its reason."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from llm_bridge.call import Attempt, Call
from llm_bridge.chain import DEFAULT_LIMITS, Limits
from llm_bridge.draft import Draft
from llm_bridge.guards import build_link_policy
from llm_bridge.plan import Plan, PlanError, parse_plan, to_json
from llm_bridge.prompts import build_messages
from llm_bridge.providers.configuration import ProviderConfig, build_config
from llm_bridge.providers.errors import ProviderError
from llm_bridge.roster import Roster, build_roster, check_plan
from llm_bridge.values import (
    Answer,
    AnswerFailed,
    Delta,
    FailureReason,
    Query,
    Quotation,
    Request,
    Source,
    Utterance,
)

__all__ = [
    "Answer",
    "AnswerFailed",
    "Delta",
    "FailureReason",
    "Limits",
    "Plan",
    "PlanError",
    "ProviderConfig",
    "Query",
    "Quotation",
    "Roster",
    "Source",
    "Utterance",
    "build_config",
    "build_roster",
    "check_plan",
    "parse_plan",
    "stream_answer",
    "to_json",
]


async def stream_answer(
    *,
    query: Query,
    roster: Roster | None,
    limits: Limits = DEFAULT_LIMITS,
    clock: Callable[[], float] = time.monotonic,
) -> AsyncGenerator[Delta | Answer, None]:
    """Deltas in order, then one Answer; raises AnswerFailed instead when there is none.

    One provider after the other is asked until one answers, but none after the visitor was shown
    something. Close the generator (`contextlib.aclosing`) to stop the provider's stream early.
    Every attempt leaves one row in the ledger, however it ends.
    """
    if roster is None:
        raise AnswerFailed(FailureReason.NOT_CONFIGURED)
    call = Call(query=query, roster=roster, limits=limits, clock=clock)
    while (attempt := await call.find_next()) is not None:
        draft = Draft(links=build_link_policy(query.sources), limit=limits.max_answer_characters)
        async with attempt.under_way():
            async with aclosing(_stream_deltas(attempt, draft)) as deltas:
                async for delta in deltas:
                    attempt.has_shown = True
                    yield delta
            attempt.text = _check_complete(attempt, draft)
        if attempt.text:
            yield attempt.build_answer()
            return
    raise call.build_failure()


async def _stream_deltas(attempt: Attempt, draft: Draft) -> AsyncGenerator[Delta, None]:
    index = 0
    async with aclosing(attempt.stream(_build_request(attempt))) as chunks:
        async for chunk in chunks:
            if text := draft.add(chunk.text):
                yield Delta(index=index, text=text)
                index += 1
            if draft.is_full:
                return
    if text := draft.finish():
        yield Delta(index=index, text=text)


def _build_request(attempt: Attempt) -> Request:
    parameters = attempt.call.roster.plan.parameters
    return Request(
        messages=build_messages(attempt.call.query),
        max_tokens=parameters.max_tokens,
        temperature=parameters.temperature,
    )


def _check_complete(attempt: Attempt, draft: Draft) -> str:
    """The finished answer's text; ProviderError if it is none a visitor should get."""
    text = draft.build_answer(is_whole=attempt.finish_reason != "length")
    if attempt.finish_reason == "content_filter":
        raise ProviderError(FailureReason.FILTERED)
    if not attempt.finish_reason and not draft.is_full:
        raise ProviderError(FailureReason.CUT_OFF)
    if not text:
        raise ProviderError(FailureReason.EMPTY)
    return text
