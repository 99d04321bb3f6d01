"""What is posted: as the kind documents it, without what this server refused before."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from llm_bridge.gateway import ProviderConfig
from llm_bridge.providers.body import Refusals, build_body
from llm_bridge.providers.client import MAX_BODY_BYTES, Provider
from llm_bridge.providers.errors import ProviderError
from llm_bridge.providers.kinds import KINDS
from llm_bridge.values import FailureReason, Message, Request, Schema, Tool, ToolCall
from tests.llm_bridge.fake_modes import ANSWER, Reply, ok
from tests.llm_bridge.fake_provider import FakeProvider

REQUEST = Request(
    messages=(
        Message(role="user", content="Where is it?"),
        Message(role="assistant", content="", tool_calls=(ToolCall("1", "status", "{}"),)),
        Message(role="tool", content="On its way", tool_call_id="1"),
    ),
    max_tokens=50,
    temperature=2.0,
    tools=(Tool(name="status", description="An order", parameters={"type": "object"}),),
    response=Schema(name="answer", schema={"type": "object"}),
)


NOTHING_REFUSED = Refusals()


def build(kind: str, refusals: Refusals = NOTHING_REFUSED, **changes: Any) -> dict[str, Any]:
    return build_body(
        replace(REQUEST, **changes),
        kind=KINDS[kind],
        model="m",
        reasoning_effort="",
        refusals=refusals,
    )


def test_tool_calls_and_their_results_are_written_as_openai_does() -> None:
    _, called, result = build("openai")["messages"]
    function = {"name": "status", "arguments": "{}"}
    assert called["tool_calls"] == [{"id": "1", "type": "function", "function": function}]
    assert called["content"] is None
    assert result == {"role": "tool", "content": "On its way", "tool_call_id": "1"}


@pytest.mark.parametrize(
    ("kind", "limit", "form", "temperature"),
    [
        ("openai", "max_completion_tokens", "json_schema", 2.0),
        ("anthropic", "max_tokens", None, 1.0),
        ("deepseek", "max_tokens", "json_object", 2.0),
        ("mistral", "max_tokens", "json_schema", 1.5),
        ("groq", "max_completion_tokens", "json_schema", 2.0),
    ],
)
def test_each_kind_gets_what_it_documents(
    kind: str, limit: str, form: str | None, temperature: float
) -> None:
    body = build(kind, tools=())
    assert body[limit] == 50
    assert (body.get("response_format") or {}).get("type") == form
    assert body["temperature"] == temperature


@pytest.mark.parametrize("kind", ["groq", "gemini"])
def test_where_form_and_tools_exclude_each_other_tools_go_first(kind: str) -> None:
    body = build(kind)
    assert "tools" in body
    assert "response_format" not in body


def test_a_limit_is_renamed_once_and_never_left_out() -> None:
    refusals = Refusals().find_next(body=build("vllm"), param="max_tokens", complaint="")
    assert refusals is not None
    body = build("vllm", refusals)
    assert body["max_completion_tokens"] == 50
    assert refusals.find_next(body=body, param="max_completion_tokens", complaint="") is None


async def test_a_form_is_asked_for_less_strictly_step_by_step_and_remembered(
    provider: FakeProvider,
) -> None:
    async def refuse_forms(reply: Reply) -> None:
        form = reply.request.get("response_format")
        await (reply.refuse(400, message=f"{form['type']} is unavailable") if form else ok(reply))

    provider.behave = refuse_forms
    config = ProviderConfig(base_url=provider.base_url, api_key="k", model="m")
    for _ in range(2):
        assert await ask(config, replace(REQUEST, tools=())) == ANSWER
    forms = [(each.body.get("response_format") or {}).get("type") for each in provider.completions]
    assert forms == ["json_schema", "json_object", None, None]


async def test_a_refusal_of_something_else_is_one(provider: FakeProvider) -> None:
    provider.mode = "missing-model"
    config = ProviderConfig(base_url=provider.base_url, api_key="k", model="m")
    with pytest.raises(ProviderError) as raised:
        await ask(config, REQUEST)
    assert raised.value.reason is FailureReason.BAD_REQUEST
    assert len(provider.completions) == 1


async def test_a_line_without_end_is_left(provider: FakeProvider) -> None:
    async def flood(reply: Reply) -> None:
        await reply.begin()
        for _ in range(MAX_BODY_BYTES // 1_000_000 + 2):
            await reply.data(b"x" * 1_000_000)
        await reply.end()

    provider.behave = flood
    config = ProviderConfig(base_url=provider.base_url, api_key="k", model="m")
    with pytest.raises(ProviderError) as raised:
        await ask(config, REQUEST)
    assert raised.value.reason is FailureReason.BAD_RESPONSE


async def test_nobody_is_sent_elsewhere_with_our_key(provider: FakeProvider) -> None:
    async def redirect(reply: Reply) -> None:
        await reply.send(307, {}, headers={"Location": f"{provider.base_url}/elsewhere"})

    provider.behave = redirect
    config = ProviderConfig(base_url=provider.base_url, api_key="k", model="m")
    with pytest.raises(ProviderError):
        await ask(config, REQUEST)
    assert [each.path for each in provider.requests] == ["/v1/chat/completions"]


async def ask(config: ProviderConfig, request: Request) -> str:
    client = Provider(config)
    try:
        return "".join([chunk.text async for chunk in client.stream(request, timeout=5)])
    finally:
        await client.close()
