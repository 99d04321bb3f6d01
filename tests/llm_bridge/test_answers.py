"""A provider that works: what arrives, in which order, and what was asked of it."""

from __future__ import annotations

import asyncio

import pytest

from llm_bridge.gateway import ProviderConfig, build_roster, stream_answer
from llm_bridge.plan import DEFAULT_MAX_TOKENS
from tests.llm_bridge.asking import LIMITS, QUERY, ask, build_config
from tests.llm_bridge.fake_modes import ANSWER
from tests.llm_bridge.fake_provider import FakeProvider

pytestmark = pytest.mark.django_db(transaction=True)


async def test_deltas_come_in_order_and_joined_are_the_answer(provider: FakeProvider) -> None:
    deltas, answer = await ask(provider, "ok")
    assert [delta.index for delta in deltas] == list(range(len(deltas)))
    assert len(deltas) == 2
    assert "".join(delta.text for delta in deltas) == answer.text == ANSWER
    assert answer.model == "ok"
    assert answer.usage is not None
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (120, 15)
    assert answer.attempts == 1


async def test_the_request_carries_key_limits_and_the_question_last(provider: FakeProvider) -> None:
    await ask(provider, "ok")
    request = provider.completions[0]
    assert request.headers["authorization"] == "Bearer sk-secret"
    assert request.body["max_tokens"] == DEFAULT_MAX_TOKENS
    assert request.body["messages"][0]["role"] == "system"
    assert QUERY.question in request.body["messages"][-1]["content"]


async def test_a_server_that_counts_no_tokens_still_answers(provider: FakeProvider) -> None:
    _, answer = await ask(provider, "no-usage")
    assert answer.text == ANSWER
    assert answer.usage is None


async def test_a_server_that_refuses_parameters_is_asked_without_them_and_remembered(
    provider: FakeProvider,
) -> None:
    _, answer = await ask(provider, "strict")
    assert answer.text == ANSWER
    assert answer.attempts == 1
    assert provider.completions[-1].body["max_completion_tokens"] == DEFAULT_MAX_TOKENS
    asked = len(provider.completions)
    await ask(provider, "strict")
    assert len(provider.completions) == asked + 1


async def test_without_a_model_the_first_one_listed_is_asked_and_listed_once(
    provider: FakeProvider,
) -> None:
    provider.models = ("no-usage", "ok")
    for _ in range(2):
        _, answer = await ask(provider, "")
        assert answer.model == "no-usage"
    assert len(provider.requests) - len(provider.completions) == 1


async def test_characters_split_across_writes_and_deltas_arrive_whole(
    provider: FakeProvider,
) -> None:
    deltas, answer = await ask(provider, "split-unicode")
    assert answer.text == "".join(delta.text for delta in deltas) == "Grüße 😀"


async def test_links_to_other_hosts_never_appear_even_while_streaming(
    provider: FakeProvider,
) -> None:
    deltas, answer = await ask(provider, "links")
    assert answer.text == "See [our page](https://shop.example/returns) or win a prize."
    assert "evil.example" not in "".join(delta.text for delta in deltas)


async def test_an_endless_answer_ends_with_a_sentence_and_stops_the_provider(
    provider: FakeProvider,
) -> None:
    _, answer = await ask(provider, "endless")
    assert len(answer.text) <= LIMITS.max_answer_characters
    assert answer.text.endswith("free.")
    assert provider.wait_until(lambda server: server.completions[0].closed_by_client)


async def test_one_huge_token_is_cut(provider: FakeProvider) -> None:
    deltas, answer = await ask(provider, "huge-token")
    assert len(answer.text) == LIMITS.max_answer_characters
    assert deltas == []


async def test_an_answer_cut_by_the_token_limit_ends_with_its_last_sentence(
    provider: FakeProvider,
) -> None:
    _, answer = await ask(provider, "token-limit")
    assert answer.text == "Returns are free."


def test_every_event_loop_has_its_own_client(provider: FakeProvider) -> None:
    for _ in range(2):
        _, answer = asyncio.run(ask(provider, "ok"))
        assert answer.text == ANSWER


def test_a_configuration_never_shows_its_key(provider: FakeProvider) -> None:
    assert "sk-secret" not in repr(build_config(provider, "ok"))


async def test_fifty_questions_at_once_each_get_their_answer(provider: FakeProvider) -> None:
    answers = await asyncio.gather(*(ask(provider, "ok") for _ in range(50)))
    assert {answer.text for _, answer in answers} == {ANSWER}
    assert len({answer.call_id for _, answer in answers}) == 50


async def test_the_sdks_own_variables_are_not_sent_to_our_server(
    provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"):
        monkeypatch.setenv(name, "from-the-environment")
    config = ProviderConfig(base_url=provider.base_url, api_key="", model="ok")
    assert [piece async for piece in stream_answer(query=QUERY, roster=build_roster([config]))]
    assert "from-the-environment" not in provider.completions[0].headers.values()
    assert provider.completions[0].headers["authorization"] == "Bearer none"
