"""Every configuration in docs/providers.md, run against a server that behaves as documented."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

from llm_bridge.gateway import AnswerFailed, FailureReason, ProviderConfig
from llm_bridge.providers.chunks import Chunk
from llm_bridge.providers.client import Provider
from llm_bridge.providers.errors import ProviderError
from llm_bridge.providers.file import read_provider_file
from llm_bridge.providers.kinds import KINDS
from llm_bridge.values import Message, Request, Schema, Tool, Usage
from tests.llm_bridge.asking import ask_config
from tests.llm_bridge.documented import CALL, DOCUMENTED, KEY
from tests.llm_bridge.fake_modes import ANSWER
from tests.llm_bridge.fake_provider import FakeProvider

PAGE = Path(__file__).resolve().parents[2] / "docs" / "providers.md"
BLOCKS = re.findall(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
FORM = Schema(name="answer", schema={"type": "object", "properties": {}})
TOOL = Tool(name=CALL[0], description="An order's status", parameters={"type": "object"})
REQUEST = Request(
    messages=(Message(role="user", content="How long?"),), max_tokens=50, temperature=1.8
)

pytestmark = pytest.mark.django_db(transaction=True)


def read_block(block: str, folder: Path) -> tuple[ProviderConfig, ...]:
    path = folder / "providers.toml"
    path.write_text(block, encoding="utf-8")
    environ = dict.fromkeys(re.findall(r"[A-Z0-9_]{5,}", block), KEY)
    return read_provider_file(path, environ=environ).providers


@pytest.fixture(params=list(DOCUMENTED))
def config(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ProviderConfig]:
    """The page's configuration of one kind, with our server instead of the provider's host."""
    name = request.param
    (block,) = (each for each in BLOCKS if f'\nname = "{name}"\n' in each)
    (config,) = read_block(block, tmp_path)
    with FakeProvider(behave=DOCUMENTED[name].answer) as server:
        there = urlsplit(config.base_url)
        here = there._replace(scheme="http", netloc=f"127.0.0.1:{server.port}")
        yield replace(config, base_url=urlunsplit(here))


async def collect(config: ProviderConfig, request: Request) -> list[Chunk]:
    provider = Provider(config)
    try:
        return [chunk async for chunk in provider.stream(request, timeout=3)]
    finally:
        await provider.close()


async def fail(config: ProviderConfig) -> ProviderError:
    with pytest.raises(ProviderError) as raised:
        await collect(config, REQUEST)
    return raised.value


async def test_it_answers_and_streams(config: ProviderConfig) -> None:
    deltas, answer = await ask_config(config)
    assert "".join(delta.text for delta in deltas) == answer.text == ANSWER
    assert len(deltas) > 1
    assert answer.attempts == 1


async def test_it_counts_tokens(config: ProviderConfig) -> None:
    chunks = await collect(config, REQUEST)
    assert [chunk.usage for chunk in chunks if chunk.usage] == [Usage(120, 15)]


async def test_a_form_is_asked_for_where_it_has_one(config: ProviderConfig) -> None:
    chunks = await collect(config, replace(REQUEST, response=FORM))
    assert "".join(chunk.text for chunk in chunks) == ANSWER


async def test_it_calls_tools_and_whole_calls_come_with_the_end(config: ProviderConfig) -> None:
    chunks = await collect(config, replace(REQUEST, response=FORM, tools=(TOOL,)))
    calls = [call for chunk in chunks for call in chunk.tool_calls]
    if not config.kind.tools:  # it is offered none, and answers
        assert (calls, "".join(chunk.text for chunk in chunks)) == ([], ANSWER)
        return
    assert [(call.name, call.arguments) for call in calls] == [CALL, CALL]
    assert len({call.id for call in calls}) == 2
    assert "".join(chunk.text for chunk in chunks) == ""


async def test_a_wrong_key_is_told(config: ProviderConfig) -> None:
    wrong = tuple((name, "wrong") for name, _ in config.headers)
    error = await fail(replace(config, api_key="wrong", headers=wrong))
    assert (error.reason, error.retryable) == (FailureReason.AUTH, False)


async def test_too_many_questions_are_asked_again_when_it_says(config: ProviderConfig) -> None:
    error = await fail(replace(config, model="too-many"))
    assert error.reason in {FailureReason.RATE_LIMITED, FailureReason.SERVER_ERROR}
    assert error.retryable
    assert error.retry_after in {None, 0.7, 1}
    _, answer = await ask_config(replace(config, model="too-many", name="again"))
    assert answer.text == ANSWER


async def test_an_error_inside_the_stream_is_one(config: ProviderConfig) -> None:
    error = await fail(replace(config, model="error-inside"))
    assert error.reason in {FailureReason.SERVER_ERROR, FailureReason.BAD_RESPONSE}
    with pytest.raises(AnswerFailed):
        await ask_config(replace(config, model="error-inside"))


def test_every_kind_has_a_configuration_and_its_host_tells_it(tmp_path: Path) -> None:
    configured = [config for block in BLOCKS for config in read_block(block, tmp_path)]
    assert {config.kind.name for config in configured} == KINDS.keys() - {"other"}
    for kind in KINDS.values():
        if kind.hosts:
            (*_, config) = (each for each in configured if each.kind is kind)
            assert replace(config, kind_name="").kind is kind


def test_the_page_has_a_row_for_every_kind() -> None:
    rows = re.findall(r"^\| `([a-z0-9]+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert set(rows) >= KINDS.keys() - {"other"}


def test_the_page_has_a_row_for_every_reason() -> None:
    rows = re.findall(r"^\| `([a-z_]+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    told_elsewhere = {FailureReason.NOT_CONFIGURED, FailureReason.PAUSED}
    assert set(rows) >= set(FailureReason) - told_elsewhere
