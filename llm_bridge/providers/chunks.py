"""Reads a provider's stream: text, tool calls put together from their pieces, usage, the end."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, cast

from llm_bridge.guards.characters import strip_control
from llm_bridge.providers.errors import ProviderError
from llm_bridge.values import FailureReason, ToolCall, Usage

MAX_TOOL_CALLS = 8
MAX_ARGUMENT_CHARACTERS = 20_000
_MAX_NAME_CHARACTERS = 200

# What servers of other families call the ends that OpenAI names; others count as `stop`.
_FINISH_REASONS = {
    "max_tokens": "length",
    "model_length": "length",
    "tool_use": "tool_calls",
    "tool_call": "tool_calls",
    "function_call": "tool_calls",
    "safety": "content_filter",
    "refusal": "content_filter",
    "insufficient_system_resource": "error",
    "abort": "error",
}


@dataclass(frozen=True, slots=True)
class Chunk:
    """One piece of the stream, each field empty where the server sent nothing.

    `tool_calls` are whole calls, on the chunk that ends the answer.
    """

    text: str = ""
    finish_reason: str = ""
    model: str = ""
    usage: Usage | None = None
    tool_calls: tuple[ToolCall, ...] = ()


@dataclass(slots=True)
class _Pieces:
    """One tool call while it arrives."""

    id: str
    name: str = ""
    arguments: list[str] = field(default_factory=list)

    def build(self, number: int) -> ToolCall:
        if not self.name:
            raise ProviderError(FailureReason.BAD_RESPONSE)
        arguments = "".join(self.arguments) or "{}"
        return ToolCall(id=self.id or f"call_{number}", name=self.name, arguments=arguments)


class ChunkReader:
    """Turns one stream's raw chunks into ours; it remembers the tool calls that are under way."""

    def __init__(self) -> None:
        self._calls: list[_Pieces] = []
        self._by_index: dict[int, _Pieces] = {}
        self._length = 0

    def read(self, raw: object) -> Chunk:
        """What we use of a chunk as JSON; ValueError and its like if it is none.

        Nobody has checked it: everything in it may be anything.
        """
        if not isinstance(raw, dict):
            raise ValueError("a chunk is no object")
        _check_no_error(raw)
        choices = raw["choices"]
        choice = choices[0] if choices else {}
        delta = choice.get("delta") or {}
        self._add_calls(delta.get("tool_calls") or ())
        finish_reason = _parse_finish_reason(choice.get("finish_reason"))
        return Chunk(
            text=_parse_text(delta.get("content")),
            finish_reason=finish_reason,
            model=strip_control(str(raw.get("model") or ""))[:200],
            usage=_find_usage(raw),
            tool_calls=self._take_calls() if finish_reason else (),
        )

    def _add_calls(self, fragments: Iterable[Any]) -> None:
        for fragment in fragments:
            pieces = self._find_pieces(fragment)
            if pieces is None:
                raise ProviderError(FailureReason.BAD_RESPONSE)
            function = fragment["function"]
            pieces.name = pieces.name or str(_get(function, "name") or "")
            arguments = _parse_arguments(_get(function, "arguments"))
            pieces.arguments.append(arguments)
            self._length += len(arguments)
            too_long = len(pieces.name) > _MAX_NAME_CHARACTERS
            if too_long or self._length > MAX_ARGUMENT_CHARACTERS:
                raise ProviderError(FailureReason.BAD_RESPONSE)

    def _find_pieces(self, fragment: Any) -> _Pieces | None:
        """The call a fragment belongs to; None when there are too many.

        Some servers number all calls 0: another id then starts another call. Gemini gives neither
        numbers nor ids: there each fragment is a whole call.
        """
        index = fragment.get("index")
        call_id = str(fragment.get("id") or "")[:_MAX_NAME_CHARACTERS]
        key = index if isinstance(index, int) else len(self._calls)
        known = self._by_index.get(key)
        if known is not None and (not call_id or known.id in {"", call_id}):
            known.id = known.id or call_id
            return known
        if len(self._calls) == MAX_TOOL_CALLS:
            return None
        self._calls.append(pieces := _Pieces(id=call_id))
        self._by_index[key] = pieces
        return pieces

    def _take_calls(self) -> tuple[ToolCall, ...]:
        calls = tuple(pieces.build(number) for number, pieces in enumerate(self._calls))
        self._calls.clear()
        self._by_index.clear()
        return calls


def _check_no_error(raw: dict[str, Any]) -> None:
    """Errors inside a stream that the SDK does not take for one: `object` or `type` says so."""
    if "error" in (raw.get("object"), raw.get("type")):
        raise ProviderError(FailureReason.SERVER_ERROR, retryable=True)


def _parse_text(content: object) -> str:
    """Text, or the text parts of a list: thinking and references are not for visitors."""
    if isinstance(content, list):
        return "".join(_parse_text(_get_part_text(part)) for part in content)
    if not isinstance(content, str | None):
        raise ValueError("content is no text")
    return content or ""


def _get_part_text(part: Any) -> object:
    if not isinstance(part, dict):
        raise ValueError("a part of the content is none")
    return part.get("text") if part.get("type") == "text" else None


def _parse_arguments(arguments: object) -> str:
    if isinstance(arguments, str | None):
        return arguments or ""
    return json.dumps(arguments)


def _parse_finish_reason(raw: object) -> str:
    name = str(raw or "").lower()[:32]
    reason = _FINISH_REASONS.get(name, name)
    if reason == "error":
        raise ProviderError(FailureReason.SERVER_ERROR, retryable=True)
    return reason


def _find_usage(raw: object) -> Usage | None:
    """Where OpenAI has it, or where Groq adds it."""
    return _parse_usage(_get(raw, "usage")) or _parse_usage(_get(_get(raw, "x_groq"), "usage"))


def _parse_usage(raw: object) -> Usage | None:
    counts = (_get(raw, "prompt_tokens"), _get(raw, "completion_tokens"))
    if not all(isinstance(count, int) and 0 <= count < 2**31 for count in counts):
        return None
    prompt, completion = cast("tuple[int, int]", counts)
    return Usage(
        prompt_tokens=prompt, completion_tokens=completion, cached_tokens=_find_cached(raw, prompt)
    )


def _find_cached(raw: object, prompt: int) -> int:
    """Where OpenAI has it, or DeepSeek; what makes no sense counts as nothing."""
    details = _get(raw, "prompt_tokens_details")
    cached = _get(details, "cached_tokens") or _get(raw, "prompt_cache_hit_tokens")
    return cached if isinstance(cached, int) and 0 <= cached <= prompt else 0


def _get(raw: object, name: str) -> object:
    """A field, if this has fields."""
    return raw.get(name) if isinstance(raw, dict) else None
