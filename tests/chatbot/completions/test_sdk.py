"""The real openai SDK against the real server: whole and streamed, synchronous and not."""

from __future__ import annotations

from typing import Any

import openai
import pytest
from openai.types.chat import ChatCompletionChunk

from chatbot.conversations.models import Exchange, Site
from rules.models import Release
from tests.chatbot.conftest import UseModel
from tests.llm_bridge.fake_modes import ANSWER
from tests.server import Server

UNCOVERED = "do you sell tea towels?"
Messages = list[Any]


def say(text: str) -> Messages:
    return [{"role": "user", "content": text}]


def get_firstline(of: Any) -> dict[str, Any]:
    """What stands beside the standard fields, as the SDK keeps it."""
    firstline: dict[str, Any] = of.model_extra["firstline"]
    return firstline


def join(chunks: list[ChatCompletionChunk]) -> str:
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)


def test_a_rule_answers_the_sdk(sdk: openai.OpenAI, site: Site) -> None:
    completion = sdk.chat.completions.create(model="default", messages=say("where is my parcel?"))
    choice = completion.choices[0]
    assert choice.message.content == "What is your order number?"
    assert (choice.message.role, choice.finish_reason, choice.index) == ("assistant", "stop", 0)
    assert (completion.object, completion.model) == ("chat.completion", "default")
    exchange = Exchange.objects.get()
    assert get_firstline(completion) == {
        "source": "rule",
        "rule": "ask_order_number",
        "release": Release.objects.get().number,
        "exchange": str(exchange.pk),
        "conversation": str(exchange.conversation_id),
    }
    assert completion.id == f"chatcmpl-{exchange.pk.hex}"
    assert abs(completion.created - exchange.created_at.timestamp()) <= 1
    assert completion.usage is not None
    assert completion.usage.total_tokens == 0


def test_the_model_answers_the_sdk_with_its_own_count_of_tokens(
    sdk: openai.OpenAI, use_model: UseModel
) -> None:
    use_model("ok")
    completion = sdk.chat.completions.create(model="default", messages=say(UNCOVERED))
    assert completion.choices[0].message.content == ANSWER
    assert get_firstline(completion)["source"] == "llm"
    assert completion.usage is not None
    used = completion.usage
    assert (used.prompt_tokens, used.completion_tokens, used.total_tokens) == (120, 15, 135)


def test_tokens_that_nobody_counted_are_none(sdk: openai.OpenAI, use_model: UseModel) -> None:
    use_model("no-usage")
    completion = sdk.chat.completions.create(model="default", messages=say(UNCOVERED))
    assert completion.choices[0].message.content == ANSWER
    assert completion.usage is not None
    assert completion.usage.total_tokens == 0


def test_a_models_answer_is_streamed_piece_by_piece(
    sdk: openai.OpenAI, use_model: UseModel
) -> None:
    use_model("ok")
    chunks = list(
        sdk.chat.completions.create(model="default", messages=say(UNCOVERED), stream=True)
    )
    opening, *pieces, end = chunks
    assert opening.choices[0].delta.role == "assistant"
    assert len(pieces) > 1
    assert join(chunks) == ANSWER
    assert {chunk.choices[0].finish_reason for chunk in [opening, *pieces]} == {None}
    assert end.choices[0].finish_reason == "stop"
    assert len({(chunk.id, chunk.created, chunk.model) for chunk in chunks}) == 1
    assert get_firstline(end)["source"] == "llm"
    assert not any("firstline" in (chunk.model_extra or {}) for chunk in [opening, *pieces])


def test_usage_comes_on_a_chunk_of_its_own_where_it_is_wanted(
    sdk: openai.OpenAI, use_model: UseModel
) -> None:
    use_model("ok")
    *others, end, last = sdk.chat.completions.create(
        model="default",
        messages=say(UNCOVERED),
        stream=True,
        stream_options={"include_usage": True},
    )
    assert {chunk.usage for chunk in [*others, end]} == {None}
    assert last.choices == []
    assert last.usage is not None
    assert last.usage.total_tokens == 135
    assert get_firstline(last) == get_firstline(end)


def test_a_rules_answer_can_be_streamed_too(sdk: openai.OpenAI) -> None:
    chunks = list(
        sdk.chat.completions.create(
            model="default", messages=say("where is my parcel?"), stream=True
        )
    )
    assert join(chunks) == "What is your order number?"
    assert get_firstline(chunks[-1])["rule"] == "ask_order_number"


async def test_the_asynchronous_sdk_gets_the_same(
    server: Server, key: str, use_model: UseModel
) -> None:
    use_model("ok")
    async with openai.AsyncOpenAI(base_url=f"{server.url}/v1", api_key=key, max_retries=0) as sdk:
        whole = await sdk.chat.completions.create(model="default", messages=say(UNCOVERED))
        stream = await sdk.chat.completions.create(
            model="default", messages=say(UNCOVERED), stream=True
        )
        chunks = [chunk async for chunk in stream]
        models = [model.id async for model in await sdk.models.list()]
    assert whole.choices[0].message.content == join(chunks) == ANSWER
    assert models == ["default"]


def test_the_sdks_own_helper_for_streams_works(sdk: openai.OpenAI, use_model: UseModel) -> None:
    use_model("ok")
    with sdk.chat.completions.stream(model="default", messages=say(UNCOVERED)) as stream:
        kinds = {event.type for event in stream}
        final = stream.get_final_completion()
    assert {"chunk", "content.delta", "content.done"} <= kinds
    assert final.choices[0].message.content == ANSWER


def test_models_are_listed_and_read(sdk: openai.OpenAI, site: Site) -> None:
    assert [model.id for model in sdk.models.list()] == ["default"]
    model = sdk.models.retrieve("default")
    assert (model.object, model.owned_by) == ("model", "firstline")
    assert model.created == int(site.created_at.timestamp())
    with pytest.raises(openai.NotFoundError):
        sdk.models.retrieve("gpt-5")


def test_the_sdk_raises_its_own_errors(sdk: openai.OpenAI, server: Server) -> None:
    ask = sdk.chat.completions.create
    with pytest.raises(openai.NotFoundError) as unknown:
        ask(model="gpt-5", messages=say("hi"))
    assert (unknown.value.code, unknown.value.param) == ("model_not_found", "model")
    with pytest.raises(openai.BadRequestError) as empty:
        ask(model="default", messages=[])
    assert empty.value.param == "messages"
    with pytest.raises(openai.AuthenticationError) as wrong:
        sdk.with_options(api_key="sk-wrong").models.list()
    assert wrong.value.code == "invalid_api_key"
    with pytest.raises(openai.APIStatusError) as too_long:
        ask(model="default", messages=say("x" * 2_001))
    assert too_long.value.status_code == 413


def test_what_this_server_has_no_use_for_is_passed_over(sdk: openai.OpenAI) -> None:
    completion = sdk.chat.completions.create(
        model="default",
        messages=say("where is my parcel?"),
        n=3,
        temperature=1.5,
        max_tokens=1,
        logprobs=True,
        top_logprobs=2,
        seed=7,
        stop=["order"],
        response_format={"type": "json_object"},
        tools=[{"type": "function", "function": {"name": "look_up", "parameters": {}}}],
        tool_choice="required",
        extra_body={"an_option_of_tomorrow": {"deep": [1, None]}},
    )
    assert [choice.message.content for choice in completion.choices] == [
        "What is your order number?"
    ]
    assert completion.choices[0].message.tool_calls is None
