"""Every call leaves one row, however it ended, and no row holds a text or a key."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest

from llm_bridge.gateway import stream_answer
from llm_bridge.models import ModelCall
from llm_bridge.prompts import PROMPT_VERSION
from tests.llm_bridge.asking import LIMITS, QUERY, REFERENCE, ask, build_roster_of, fail
from tests.llm_bridge.fake_provider import FakeProvider

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_answer_is_recorded_with_tokens_and_times(provider: FakeProvider) -> None:
    _, answer = asyncio.run(ask(provider, "ok"))
    row = ModelCall.objects.get()
    assert row.id == answer.call_id
    assert row.reference == REFERENCE
    assert row.outcome == ModelCall.Outcome.ANSWERED
    assert row.reason == ""
    assert (row.prompt_tokens, row.completion_tokens) == (120, 15)
    assert (row.model, row.prompt_version, row.attempt) == ("ok", answer.prompt_version, 1)
    assert row.prompt_version.startswith(f"{PROMPT_VERSION}-")
    assert row.provider_host == f"127.0.0.1:{provider.port}"
    assert row.first_token_ms is not None
    assert row.first_token_ms <= row.total_ms


def test_every_attempt_that_failed_is_recorded_with_its_reason(provider: FakeProvider) -> None:
    failed = asyncio.run(fail(provider, "error"))
    rows = ModelCall.objects.order_by("attempt")
    assert [row.attempt for row in rows] == [1, 2]
    assert rows[1].id == failed.call_id
    for row in rows:
        assert (row.reference, row.outcome, row.reason) == (REFERENCE, "failed", "server_error")
        assert row.first_token_ms is None
        assert row.prompt_tokens is None


def test_a_cancelled_call_is_recorded(provider: FakeProvider) -> None:
    async def ask_and_leave() -> None:
        pieces = stream_answer(
            query=QUERY, roster=build_roster_of(provider, "stall"), limits=LIMITS
        )
        async with aclosing(pieces):
            await anext(pieces)

    asyncio.run(ask_and_leave())
    row = ModelCall.objects.get()
    assert row.outcome == ModelCall.Outcome.CANCELLED


def test_no_row_holds_the_key_the_question_or_the_answer(provider: FakeProvider) -> None:
    _, answer = asyncio.run(ask(provider, "ok"))
    (row,) = ModelCall.objects.values()
    told = " ".join(map(str, row.values()))
    for secret in ("sk-secret", QUERY.question, answer.text):
        assert secret not in told
