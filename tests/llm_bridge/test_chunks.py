"""Reading a stream: tool calls put together from their pieces, and nothing hostile gets through."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_bridge.providers.chunks import (
    MAX_ARGUMENT_CHARACTERS,
    MAX_TOOL_CALLS,
    ChunkReader,
)
from llm_bridge.providers.errors import ProviderError
from llm_bridge.values import ToolCall

Raw = dict[str, Any]

# What parsing may raise: the client turns all of it into one failure.
BROKEN = (ProviderError, ValueError, TypeError, AttributeError, LookupError)


def build(finish: str | None = None, **delta: Any) -> Raw:
    choice = Raw(delta=Raw(**delta), finish_reason=finish)
    return Raw(choices=[choice], model="m", usage=None, object="chat.completion.chunk")


def build_piece(index: object, arguments: object, name: str = "", id: str = "") -> Raw:  # noqa: A002
    return Raw(index=index, id=id, function=Raw(name=name, arguments=arguments))


def read(*pieces: Raw) -> tuple[ToolCall, ...]:
    reader = ChunkReader()
    for piece in pieces:
        assert reader.read(build(tool_calls=[piece])).tool_calls == ()
    return reader.read(build(finish="tool_calls")).tool_calls


def test_calls_that_arrive_in_turns_are_put_together() -> None:
    assert read(
        build_piece(0, "", "a", "1"),
        build_piece(1, "", "b", "2"),
        build_piece(0, '{"x":'),
        build_piece(1, "{}"),
        build_piece(0, "1}"),
    ) == (ToolCall("1", "a", '{"x":1}'), ToolCall("2", "b", "{}"))


def test_calls_that_share_a_number_are_told_apart_by_their_ids() -> None:
    calls = read(build_piece(0, "{}", "a", "1"), build_piece(0, "{}", "a", "2"))
    assert [call.id for call in calls] == ["1", "2"]


def test_an_id_that_is_repeated_starts_no_other_call() -> None:
    calls = read(build_piece(0, "{", "a", "1"), build_piece(0, "}", "a", "1"))
    assert calls == (ToolCall("1", "a", "{}"),)


def test_calls_without_number_and_id_are_whole_and_get_an_id() -> None:
    calls = read(build_piece(None, "{}", "a"), build_piece(None, {"x": 1}, "b"))
    assert calls == (ToolCall("call_0", "a", "{}"), ToolCall("call_1", "b", '{"x": 1}'))


def test_a_call_without_arguments_has_an_empty_object() -> None:
    assert read(build_piece(0, None, "a", "1")) == (ToolCall("1", "a", "{}"),)


def test_a_call_that_never_ended_is_no_call() -> None:
    reader = ChunkReader()
    assert reader.read(build(tool_calls=[build_piece(0, "{", "a", "1")])).tool_calls == ()
    assert reader.read(build(content="well")).tool_calls == ()


@pytest.mark.parametrize(
    "pieces",
    [
        [build_piece(number, "{}", "a", str(number)) for number in range(MAX_TOOL_CALLS + 1)],
        [build_piece(0, "x" * 1000, "a", "1")] * (MAX_ARGUMENT_CHARACTERS // 1000 + 1),
        [build_piece(0, "{}", "a" * 1000, "1")],
        [build_piece(0, "{}", "", "1")],
    ],
    ids=["too many", "too long", "a name too long", "no name"],
)
def test_calls_without_end_or_name_end_the_answer(pieces: list[Raw]) -> None:
    with pytest.raises(ProviderError):
        read(*pieces)


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["type", "text", "x"]), inner, max_size=3)
        | st.builds(
            Raw,
            index=inner,
            id=inner,
            function=st.builds(Raw, name=inner, arguments=inner),
            content=inner,
            tool_calls=inner,
            finish_reason=inner,
        )
    ),
    max_leaves=12,
)


@given(content=JUNK, tool_calls=JUNK, finish=JUNK, usage=JUNK, x_groq=JUNK)
def test_junk_is_read_or_refused_but_breaks_nothing(
    content: Any, tool_calls: Any, finish: Any, usage: Any, x_groq: Any
) -> None:
    raw = build(finish=finish, content=content, tool_calls=tool_calls)
    raw |= {"usage": usage, "x_groq": x_groq}
    try:
        chunk = ChunkReader().read(raw)
    except BROKEN:
        return
    assert isinstance(chunk.text, str)
    assert len(chunk.tool_calls) <= MAX_TOOL_CALLS


@given(raw=JUNK | st.builds(Raw, choices=JUNK, model=JUNK) | st.builds(Raw, choices=st.lists(JUNK)))
def test_what_is_no_chunk_at_all_breaks_nothing(raw: Any) -> None:
    with suppress(*BROKEN):
        assert isinstance(ChunkReader().read(raw).text, str)


def test_thinking_is_never_text() -> None:
    parts = [
        {"type": "thinking", "thinking": [{"type": "text", "text": "secret"}]},
        {"type": "text", "text": "hello"},
    ]
    assert ChunkReader().read(build(content=parts)).text == "hello"
    assert ChunkReader().read(build(content=None, reasoning_content="secret")).text == ""
