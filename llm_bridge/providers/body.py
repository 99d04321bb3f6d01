"""Builds what is posted to a server, and learns from refusals what to leave out of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from llm_bridge.providers.kinds import Kind, Structured
from llm_bridge.values import Message, Request, Schema, Tool, ToolCall

# The other name of the limit: some models insist on the one, some servers on the other.
_OTHER_NAME = {"max_tokens": "max_completion_tokens", "max_completion_tokens": "max_tokens"}
# What an answer can do without, with the words a complaint about it may use.
_COMPLAINTS = {
    "stream_options": ("stream_options",),
    "temperature": ("temperature",),
    "reasoning_effort": ("reasoning_effort",),
    "max_tokens": ("max_tokens",),
    "max_completion_tokens": ("max_completion_tokens",),
    "response_format": ("response_format", "json_schema", "json_object", "json mode"),
    "tools": ("tools", "tool_choice", "tool use", "tool calling", "function calling"),
}


@dataclass(frozen=True, slots=True)
class Refusals:
    """What a server refused for one model: left out, renamed, or held to a form less strictly."""

    left_out: frozenset[str] = frozenset()
    limit_renamed: bool = False
    structured: Structured = Structured.JSON_SCHEMA

    def find_next(
        self, *, body: Mapping[str, Any], param: str | None, complaint: str
    ) -> Refusals | None:
        """These and the one that the server complains about now; None if it is none of them."""
        name = _find_refused(body, param, complaint)
        if name in _OTHER_NAME:
            # Asked without any limit, a model could spend what it likes.
            return None if self.limit_renamed else replace(self, limit_renamed=True)
        if name == "response_format":
            step = _get_structured(body["response_format"]) - 1
            return replace(self, structured=Structured(step))
        return replace(self, left_out=self.left_out | {name}) if name else None


def _find_refused(body: Mapping[str, Any], param: str | None, complaint: str) -> str | None:
    sent = [name for name in _COMPLAINTS if name in body]
    named = (param or "").partition(".")[0]
    if named in sent:
        return named
    said = complaint.lower()
    return next((name for name in sent if any(w in said for w in _COMPLAINTS[name])), None)


def build_body(
    request: Request, *, kind: Kind, model: str, reasoning_effort: str, refusals: Refusals
) -> dict[str, Any]:
    """The JSON to post: as the kind documents it, without what the server refused before."""
    limit = _OTHER_NAME[kind.limit_name] if refusals.limit_renamed else kind.limit_name
    body: dict[str, Any] = {
        "model": model,
        "messages": [_build_message(message) for message in request.messages],
        limit: request.max_tokens,
        "temperature": min(request.temperature, kind.temperature_up_to),
        "stream": True,
    }
    if kind.stream_options:
        body["stream_options"] = {"include_usage": True}
    if reasoning_effort:
        body["reasoning_effort"] = reasoning_effort
    if request.tools and kind.tools and "tools" not in refusals.left_out:
        body["tools"] = [_build_tool(tool) for tool in request.tools]
    structured = min(kind.structured, refusals.structured)
    if "tools" in body and not kind.form_with_tools:
        structured = Structured.NONE
    if request.response and structured > Structured.NONE:
        body["response_format"] = _build_response_format(request.response, structured)
    return {name: value for name, value in body.items() if name not in refusals.left_out}


def _build_message(message: Message) -> dict[str, Any]:
    body: dict[str, Any] = {"role": message.role, "content": message.content}
    if message.tool_calls:
        body["tool_calls"] = [_build_tool_call(call) for call in message.tool_calls]
        body["content"] = message.content or None
    if message.role == "tool":
        body["tool_call_id"] = message.tool_call_id
    return body


def _build_tool_call(call: ToolCall) -> dict[str, Any]:
    function = {"name": call.name, "arguments": call.arguments}
    return {"id": call.id, "type": "function", "function": function}


def _build_tool(tool: Tool) -> dict[str, Any]:
    function = {
        "name": tool.name,
        "description": tool.description,
        "parameters": dict(tool.parameters),
    }
    return {"type": "function", "function": function}


def _build_response_format(response: Schema, structured: Structured) -> dict[str, Any]:
    if structured is Structured.JSON_OBJECT:
        return {"type": "json_object"}
    schema = {"name": response.name, "schema": dict(response.schema), "strict": True}
    return {"type": "json_schema", "json_schema": schema}


def _get_structured(response_format: Mapping[str, Any]) -> Structured:
    is_schema = response_format["type"] == "json_schema"
    return Structured.JSON_SCHEMA if is_schema else Structured.JSON_OBJECT
