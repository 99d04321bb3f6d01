"""Asks the models one question: in time, guarded, on the ledger, or a failure with its reason."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import replace

from llm_bridge.answers.dialogue import Dialogue
from llm_bridge.answers.draft import Draft, Finished
from llm_bridge.answers.judging import judge
from llm_bridge.call import Attempt, Call
from llm_bridge.chain import DEFAULT_LIMITS, Limits
from llm_bridge.guards.notes import Note
from llm_bridge.guards.personal.kinds import Kind, Known
from llm_bridge.guards.screening.judgement import find_order
from llm_bridge.plan import Plan, PlanError, parse_plan, to_json
from llm_bridge.providers.configuration import ProviderConfig, build_config
from llm_bridge.providers.errors import ProviderError
from llm_bridge.roster import Roster, build_roster, check_plan
from llm_bridge.threads import read_in_thread
from llm_bridge.values import (
    Action,
    Answer,
    AnswerFailed,
    Delta,
    FailureReason,
    Found,
    LookedUp,
    Lookup,
    Query,
    Quotation,
    Source,
    ToolCall,
    Utterance,
)

__all__ = [
    "Action",
    "Answer",
    "AnswerFailed",
    "Delta",
    "FailureReason",
    "Found",
    "Kind",
    "Known",
    "Limits",
    "LookedUp",
    "Lookup",
    "Note",
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
    if query.guards.screening and (order := await read_in_thread(find_order, query.question)):
        raise AnswerFailed(FailureReason.SCREENED, detail=order)
    call = Call(query=query, roster=roster, limits=limits, clock=clock)
    while (attempt := await call.find_next()) is not None:
        finished = None
        async with attempt.under_way():
            dialogue = await read_in_thread(Dialogue, query, roster.plan)
            attempt.prompt_version = dialogue.prompt_version
            async with aclosing(_stream_pieces(attempt, dialogue)) as pieces:
                async for piece in pieces:
                    if isinstance(piece, Finished):
                        finished = piece
                    else:
                        attempt.has_shown = True
                        yield piece
        if finished is not None:
            yield _build_answer(attempt, dialogue, finished)
            return
    raise call.build_failure()


async def _stream_pieces(
    attempt: Attempt, dialogue: Dialogue
) -> AsyncGenerator[Delta | Finished, None]:
    """What may be shown, then the whole answer; asked again while the model wants tools."""
    index = 0
    while True:
        draft = Draft(context=dialogue.context, limit=attempt.call.limits.max_answer_characters)
        # Once something was shown, a mended answer is shown as a whole at its end; so is one that
        # a model judges.
        is_silent = bool(dialogue.judged) or (dialogue.has_mended and index > 0)
        calls: list[ToolCall] = []
        async with aclosing(attempt.stream(dialogue.build_request())) as chunks:
            async for chunk in chunks:
                calls += chunk.tool_calls
                if (text := draft.add(chunk.text)) and not is_silent:
                    yield Delta(index=index, text=text)
                    index += 1
                if draft.is_full:
                    break
        if calls and dialogue.may_look_up:
            # Half of the time, so that the other half is left for the answer.
            await dialogue.look_up(calls, seconds=attempt.seconds_left / 2)
            continue
        _check_end(attempt, draft)
        text = draft.finish(is_whole=attempt.finish_reason != "length")
        finished = draft.build_finished()
        if dialogue.judged:
            finished = await judge(
                finished, dialogue.judged, stream=attempt.stream, hide=dialogue.hide
            )
        attempt.note(finished.notes, is_well=not finished.failure)
        if not dialogue.may_mend(finished, seconds=attempt.seconds_left):
            break
        dialogue.mend(finished, written=draft.written)
    if text and not is_silent:
        yield Delta(index=index, text=text)
    yield _check_finished(finished)


def _check_end(attempt: Attempt, draft: Draft) -> None:
    """ProviderError if the text came to no end that a visitor should see."""
    if attempt.finish_reason == "content_filter":
        raise ProviderError(FailureReason.FILTERED)
    if not attempt.finish_reason and not draft.is_full:
        raise ProviderError(FailureReason.CUT_OFF)


def _check_finished(finished: Finished) -> Finished:
    """ProviderError if it must not be said or nothing is left to say, unless it hands over."""
    if finished.failure:
        raise ProviderError(FailureReason(finished.failure))
    if not finished.text and finished.action is not Action.HANDOFF:
        raise ProviderError(FailureReason.FILTERED if finished.guarded else FailureReason.EMPTY)
    return finished


def _build_answer(attempt: Attempt, dialogue: Dialogue, finished: Finished) -> Answer:
    return replace(
        attempt.build_answer(finished.text),
        action=finished.action,
        reason=finished.reason,
        sources=dialogue.sources,
        used=finished.used,
        looked_up=dialogue.looked_up,
        guarded=(*(["orders"] if dialogue.has_dropped else []), *finished.guarded),
    )
