"""Several providers: one after the other within one deadline, never after something was shown."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import aclosing
from dataclasses import replace

import pytest

from llm_bridge.gateway import (
    AnswerFailed,
    Delta,
    FailureReason,
    Limits,
    ProviderConfig,
    build_roster,
    stream_answer,
)
from llm_bridge.models import ModelCall
from llm_bridge.plan import Choice, HardWhen, Plan
from llm_bridge.providers.breaker import FAILURES
from tests.llm_bridge.asking import LIMITS, QUERY, ask_config
from tests.llm_bridge.fake_modes import ANSWER
from tests.llm_bridge.fake_provider import FakeProvider

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def spare() -> Iterator[FakeProvider]:
    with FakeProvider() as server:
        yield server


def build(server: FakeProvider, name: str, model: str) -> ProviderConfig:
    return ProviderConfig(base_url=server.base_url, api_key="k", model=model, name=name)


async def fail(*configs: ProviderConfig, limits: Limits = LIMITS) -> AnswerFailed:
    with pytest.raises(AnswerFailed) as raised:
        await ask_config(*configs, limits=limits)
    return raised.value


async def read_rows() -> list[tuple[str, str, str]]:
    rows = ModelCall.objects.order_by("attempt")
    return [(row.model, row.outcome, row.reason) async for row in rows]


@pytest.mark.parametrize(
    ("mode", "reason"),
    [
        ("error", "server_error"),
        ("rate-limit-long", "rate_limited"),
        ("unauthorised", "auth"),
        ("missing-model", "bad_request"),
        ("garbage", "bad_response"),
        ("empty", "empty"),
        ("silent", "timeout_first_token"),
    ],
)
async def test_where_one_fails_the_next_one_answers_at_once(
    provider: FakeProvider, spare: FakeProvider, mode: str, reason: str
) -> None:
    first, second = build(provider, "first", mode), build(spare, "second", "ok")
    limits = replace(LIMITS, first_token=0.5) if mode == "silent" else LIMITS
    _, answer = await ask_config(first, second, limits=limits)
    assert (answer.text, answer.attempts) == (ANSWER, 2)
    assert len(provider.completions) == 1
    assert await read_rows() == [(mode, "failed", reason), ("ok", "answered", "")]


async def test_one_that_hangs_leaves_the_next_one_its_share_of_the_time(
    provider: FakeProvider, spare: FakeProvider
) -> None:
    started = time.monotonic()
    first, second = build(provider, "first", "slow-first"), build(spare, "second", "ok")
    limits = replace(LIMITS, total=2.0, first_token=5)
    _, answer = await ask_config(first, second, limits=limits)
    assert answer.text == ANSWER
    assert 0.9 < time.monotonic() - started < 2.0
    assert provider.wait_until(lambda server: server.completions[0].closed_by_client)


async def test_nobody_is_asked_after_something_was_shown(
    provider: FakeProvider, spare: FakeProvider
) -> None:
    first, second = build(provider, "first", "stall-shown"), build(spare, "second", "ok")
    failed = await fail(first, second, limits=replace(LIMITS, total=0.6))
    assert failed.reason is FailureReason.TIMEOUT_TOTAL
    assert not spare.completions


async def test_when_all_failed_one_is_asked_once_more_and_not_again(
    provider: FakeProvider, spare: FakeProvider
) -> None:
    first, second = build(provider, "first", "error"), build(spare, "second", "unauthorised")
    failed = await fail(first, second)
    assert (failed.reason, failed.attempts) == (FailureReason.SERVER_ERROR, 3)
    assert (len(provider.completions), len(spare.completions)) == (2, 1)


async def test_the_last_chance_goes_to_whoever_is_ready_first(
    provider: FakeProvider, spare: FakeProvider
) -> None:
    first = build(provider, "first", "rate-limit-long")
    second = build(spare, "second", "error-then-ok")
    _, answer = await ask_config(first, second)
    assert (answer.text, answer.attempts) == (ANSWER, 3)
    assert (len(provider.completions), len(spare.completions)) == (1, 2)


async def test_a_provider_that_keeps_failing_is_left_out_and_the_ledger_says_so(
    provider: FakeProvider, spare: FakeProvider
) -> None:
    first, second = build(provider, "first", "error"), build(spare, "second", "ok")
    for _ in range(FAILURES + 1):
        _, answer = await ask_config(first, second)
        assert answer.text == ANSWER
    assert len(provider.completions) == FAILURES
    rows = [row async for row in ModelCall.objects.order_by("pk")]
    assert (rows[-2].reason, rows[-2].outcome) == ("breaker_open", "failed")
    assert rows[-1].outcome == "answered"


async def test_with_every_breaker_open_the_answer_fails_without_waiting(
    provider: FakeProvider,
) -> None:
    config = build(provider, "only", "unauthorised")
    assert (await fail(config)).reason is FailureReason.AUTH
    failed = await fail(config)
    assert (failed.reason, failed.attempts) == (FailureReason.BREAKER_OPEN, 0)
    assert len(provider.completions) == 1


async def test_more_calls_than_places_go_on_to_the_next_provider(
    provider: FakeProvider, spare: FakeProvider
) -> None:
    first = replace(build(provider, "first", "silent"), concurrency=1)
    second = build(spare, "second", "ok")
    limits = replace(LIMITS, first_token=2)
    answers = await asyncio.gather(*(ask_config(first, second, limits=limits) for _ in range(3)))
    assert {answer.text for _, answer in answers} == {ANSWER}
    assert len(provider.completions) == 1
    assert ("silent", "failed", "busy") in await read_rows()


async def test_a_visitor_who_leaves_ends_the_call_that_stands_in_for_another(
    provider: FakeProvider, spare: FakeProvider
) -> None:
    roster = build_roster([build(provider, "first", "error"), build(spare, "second", "silent")])
    pieces = stream_answer(query=QUERY, roster=roster, limits=Limits())
    task = asyncio.create_task(anext(pieces))
    assert await asyncio.to_thread(spare.wait_until, lambda server: bool(server.completions))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert spare.wait_until(lambda server: server.completions[0].closed_by_client)
    assert await read_rows() == [("error", "failed", "server_error"), ("silent", "cancelled", "")]


async def test_a_visitor_who_leaves_while_we_wait_to_ask_again_ends_the_wait(
    provider: FakeProvider,
) -> None:
    roster = build_roster([build(provider, "only", "error")])
    pieces = stream_answer(query=QUERY, roster=roster, limits=Limits(retry_wait=10))
    task = asyncio.create_task(anext(pieces))
    assert await asyncio.to_thread(
        provider.wait_until,
        lambda server: bool(server.completions) and server.completions[0].finished,
    )
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(provider.completions) == 1


async def test_a_hard_question_goes_to_the_larger_model_first(provider: FakeProvider) -> None:
    plan = Plan(
        release=None,
        choices=(Choice("only", "ok"),),
        hard_choices=(Choice("only", "no-usage", reasoning_effort="low"),),
        hard_when=HardWhen(questions=2),
    )
    roster = build_roster([build(provider, "only", "ok")], plan=plan)
    for question in ("How long?", "How long? And who pays?"):
        query = replace(QUERY, question=question)
        async with aclosing(stream_answer(query=query, roster=roster, limits=LIMITS)) as pieces:
            assert [piece async for piece in pieces if not isinstance(piece, Delta)]
    easy, hard = provider.completions
    assert (easy.body["model"], hard.body["model"]) == ("ok", "no-usage")
    assert "reasoning_effort" not in easy.body
    assert hard.body["reasoning_effort"] == "low"


async def test_a_plan_that_names_nobody_configured_is_as_good_as_none(
    provider: FakeProvider,
) -> None:
    plan = Plan(release=3, choices=(Choice("gone"),))
    roster = build_roster([build(provider, "only", "ok")], plan=plan)
    with pytest.raises(AnswerFailed) as raised:
        [piece async for piece in stream_answer(query=QUERY, roster=roster)]
    assert raised.value.reason is FailureReason.NOT_CONFIGURED
    assert not provider.requests
