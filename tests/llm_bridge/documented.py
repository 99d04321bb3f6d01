"""How each kind of provider behaves by its own documentation: paths, keys, errors, streams.

Where a service documents no limit of its own (servers that people run themselves), what stands in
front of it refuses too many questions, in its own words.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.llm_bridge.fake_modes import ANSWER, Reply

KEY = "sk-secret"
USAGE = {"prompt_tokens": 120, "completion_tokens": 15, "total_tokens": 135}
CALL = ("order_status", '{"number":"AB-123456"}')

Body = dict[str, Any] | list[Any] | bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Documented:
    """One kind of provider, as a server that can be asked."""

    path: str
    key: tuple[str, str] = ("authorization", f"Bearer {KEY}")
    # Parameters it does not take, and how it says so.
    refuses: frozenset[str] = frozenset()
    refuses_form_with_tools: bool = False
    wrong_key: tuple[int, Body]
    too_many: tuple[int, dict[str, str], Body]
    # What one chunk has beside OpenAI's fields, and what stands before and around the chunks.
    before: tuple[bytes, ...] = ()
    opening: tuple[dict[str, Any], ...] = ()
    between: bytes = b""
    content_as_list: bool = False
    finish: str = "stop"
    # Where usage comes: in a chunk of its own when asked for, with the end, as Groq, or never.
    usage: str = "asked"
    done: bool = True
    whole_calls: bool = False
    inline_error: tuple[bytes, ...] = ()

    async def answer(self, reply: Reply) -> None:
        """Answers one request; the model's name says what happens, once it may be asked."""
        if reply.path.endswith("/models"):
            await reply.send(200, {"object": "list", "data": [{"id": "listed", "object": "model"}]})
        elif reply.path.partition("?")[0] != self.path.partition("?")[0] or (
            "?" in self.path and reply.path != self.path
        ):
            await reply.send(404, {"detail": "Not Found"})
        elif reply.headers.get(self.key[0]) != self.key[1]:
            await reply.send(self.wrong_key[0], self.wrong_key[1])
        elif refusal := self._find_refusal(reply.request):
            await reply.send(*refusal)
        elif reply.request["model"] == "too-many" and reply.attempt == 1:
            status, headers, body = self.too_many
            await reply.send(status, body, headers=headers)
        else:
            await self._stream(reply)

    def _find_refusal(self, request: dict[str, Any]) -> tuple[int, Body] | None:
        if names := sorted(self.refuses & request.keys()):
            detail = [
                {"type": "extra_forbidden", "loc": ["body", name], "msg": "Extra inputs"}
                for name in names
            ]
            return 422, {"object": "error", "message": {"detail": detail}, "param": None}
        if self.refuses_form_with_tools and {"tools", "response_format"} <= request.keys():
            return 400, {"error": {"message": "json mode cannot be combined with tools"}}
        return None

    async def _stream(self, reply: Reply) -> None:
        await reply.begin()
        for raw in self.before:
            await reply.data(raw)
        if reply.request["model"] == "error-inside":
            for raw in self.inline_error:
                await reply.data(raw)
        else:
            for event in self._build_events(reply.request):
                if self.between:
                    await reply.data(self.between)
                await reply.data(b"data: " + json.dumps(event).encode() + b"\n\n")
            if self.done:
                await reply.data(b"data: [DONE]\n\n")
        await reply.end()

    def _build_events(self, request: dict[str, Any]) -> Iterator[dict[str, Any]]:
        yield from self.opening
        yield build_chunk({"role": "assistant", "content": ""})
        if request.get("tools"):
            yield from self._build_calls()
            finish = "stop" if self.whole_calls else "tool_calls"
        else:
            for piece in ANSWER.split(" "):
                text = piece if piece == ANSWER.partition(" ")[0] else f" {piece}"
                yield build_chunk({"content": [build_text(text)] if self.content_as_list else text})
            finish = self.finish
        ending: dict[str, Any] = {"usage": USAGE} if self.usage == "with the end" else {}
        if self.usage == "as Groq":
            ending = {"x_groq": {"id": "req_1", "usage": USAGE}}
        yield build_chunk({}, finish=finish, **ending)
        asked = (request.get("stream_options") or {}).get("include_usage")
        if self.usage == "asked" and asked:
            yield {**build_chunk({}), "choices": [], "usage": USAGE}

    def _build_calls(self) -> Iterator[dict[str, Any]]:
        name, arguments = CALL
        if self.whole_calls:
            function = {"name": name, "arguments": arguments}
            yield build_chunk(
                {"tool_calls": [{"id": "", "type": "function", "function": function}] * 2}
            )
            return
        for index in range(2):
            first: dict[str, Any] = {"index": index, "id": f"call-{index}", "type": "function"}
            yield build_chunk(
                {"tool_calls": [{**first, "function": {"name": name, "arguments": ""}}]}
            )
            for piece in (arguments[:9], arguments[9:]):
                yield build_chunk(
                    {"tool_calls": [{"index": index, "function": {"arguments": piece}}]}
                )


def build_chunk(
    delta: dict[str, Any], *, finish: str | None = None, **extra: Any
) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "as-documented",
        "choices": [choice],
        **extra,
    }


def build_text(text: str) -> dict[str, str]:
    return {"type": "text", "text": text}


def build_event(value: object) -> bytes:
    return b"data: " + json.dumps(value).encode() + b"\n\n"


def build_openai_error(message: str, **fields: Any) -> dict[str, Any]:
    return {"error": {"message": message, "type": "invalid_request_error", "param": None, **fields}}


_SECOND = {"Retry-After": "1"}
_PROXY = (429, {"Retry-After": "1", "Content-Type": "text/html"}, b"<h1>429 Too Many Requests</h1>")
_BROKEN = build_event({"error": {"message": "The server had an error", "type": "server_error"}})
_THINKING = build_chunk({"role": "assistant", "content": None, "reasoning_content": "Let me see."})
_FILTER = {"hate": {"filtered": False, "severity": "safe"}}

OPENAI = Documented(
    path="/v1/chat/completions",
    refuses=frozenset({"max_tokens"}),
    wrong_key=(401, build_openai_error("Incorrect API key provided", code="invalid_api_key")),
    too_many=(
        429,
        {"Retry-After": "1", "retry-after-ms": "700"},
        build_openai_error("Rate limit reached", code="rate_limit_exceeded"),
    ),
    inline_error=(_BROKEN,),
)
_AZURE_TOO_MANY = {"error": {"code": "429", "message": "Please retry after 1 second."}}
AZURE = Documented(
    path="/openai/v1/chat/completions",
    key=("api-key", KEY),
    refuses=frozenset({"max_tokens"}),
    wrong_key=(401, {"error": {"code": "401", "message": "Access denied due to invalid key."}}),
    too_many=(429, _SECOND, _AZURE_TOO_MANY),
    # The verdict on the question comes first, in a chunk without choices, model or object.
    opening=(
        {
            "id": "",
            "object": "",
            "created": 0,
            "model": "",
            "choices": [],
            "prompt_filter_results": [{"prompt_index": 0, "content_filter_results": _FILTER}],
        },
    ),
    inline_error=(_BROKEN,),
)
DOCUMENTED = {
    "openai": OPENAI,
    "azure": AZURE,
    "azure-deployment": Documented(
        path="/openai/deployments/small/chat/completions?api-version=2024-10-21",
        key=AZURE.key,
        refuses=AZURE.refuses,
        wrong_key=AZURE.wrong_key,
        too_many=AZURE.too_many,
        opening=AZURE.opening,
        inline_error=AZURE.inline_error,
    ),
    "anthropic": Documented(
        path="/v1/chat/completions",
        wrong_key=(401, build_openai_error("invalid x-api-key", code="authentication_error")),
        too_many=(429, _SECOND, build_openai_error("Too many tokens", code="rate_limit_error")),
        inline_error=(
            b"event: error\n"
            + build_event(
                {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
            ),
        ),
    ),
    "gemini": Documented(
        path="/v1beta/openai/chat/completions",
        refuses_form_with_tools=True,
        # A list, and 400 for a key that is wrong.
        wrong_key=(
            400,
            [
                {
                    "error": {
                        "code": 400,
                        "message": "API key not valid. Please pass a valid API key.",
                        "status": "INVALID_ARGUMENT",
                        "details": [{"reason": "API_KEY_INVALID"}],
                    }
                }
            ],
        ),
        too_many=(
            429,
            {},
            [
                {
                    "error": {
                        "code": 429,
                        "status": "RESOURCE_EXHAUSTED",
                        "details": [{"@type": "google.rpc.RetryInfo", "retryDelay": "1s"}],
                    }
                }
            ],
        ),
        usage="with the end",
        whole_calls=True,
        inline_error=(build_event({"error": {"code": 503, "status": "UNAVAILABLE"}}),),
    ),
    "mistral": Documented(
        path="/v1/chat/completions",
        refuses=frozenset({"stream_options", "max_completion_tokens", "reasoning_effort"}),
        wrong_key=(401, {"message": "Unauthorized", "request_id": "1"}),
        too_many=(
            429,
            _SECOND,
            {"object": "error", "message": "Requests rate limit exceeded", "code": "1300"},
        ),
        opening=(
            build_chunk({"content": [{"type": "thinking", "thinking": [build_text("Hmm.")]}]}),
        ),
        content_as_list=True,
        usage="with the end",
        inline_error=(build_event(build_chunk({}, finish="error")),),
    ),
    "cohere": Documented(
        path="/compatibility/v1/chat/completions",
        refuses=frozenset({"stream_options"}),
        wrong_key=(401, {"id": "1", "message": "invalid api token"}),
        too_many=(429, {}, {"id": "1", "message": "You are using a Trial key, which is limited"}),
        finish="COMPLETE",
        usage="with the end",
        inline_error=(build_event(build_chunk({}, finish="ERROR")),),
    ),
    "ai21": Documented(
        path="/studio/v1/chat/completions",
        refuses=frozenset({"stream_options"}),
        wrong_key=(401, {"detail": "Forbidden: Bad or missing API token."}),
        too_many=(429, _SECOND, {"detail": "Too many requests"}),
        usage="with the end",
        inline_error=(build_event({"error": "internal error"}),),
    ),
    "deepseek": Documented(
        path="/chat/completions",
        wrong_key=(401, build_openai_error("Authentication Fails", type="authentication_error")),
        too_many=(429, {}, build_openai_error("Rate limit reached")),
        before=(b": keep-alive\n\n", b"\n"),
        opening=(_THINKING,),
        between=b": keep-alive\n\n",
        inline_error=(build_event(build_chunk({}, finish="insufficient_system_resource")),),
    ),
    "groq": Documented(
        path="/openai/v1/chat/completions",
        refuses_form_with_tools=True,
        wrong_key=(401, build_openai_error("Invalid API Key", code="invalid_api_key")),
        # Its own status for a tier that is full.
        too_many=(498, _SECOND, build_openai_error("capacity_exceeded")),
        usage="as Groq",
        inline_error=(b"event: error\n" + _BROKEN,),
    ),
    "openrouter": Documented(
        path="/api/v1/chat/completions",
        wrong_key=(401, {"error": {"code": 401, "message": "No auth credentials found"}}),
        too_many=(429, _SECOND, {"error": {"code": 429, "message": "Rate limit exceeded"}}),
        before=(b": OPENROUTER PROCESSING\n\n",) * 3,
        inline_error=(
            build_event(
                {
                    **build_chunk({"content": ""}, finish="error"),
                    "error": {"code": 502, "message": "Provider disconnected"},
                }
            ),
        ),
    ),
    "vllm": Documented(
        path="/v1/chat/completions",
        wrong_key=(401, {"error": "Unauthorized"}),
        too_many=_PROXY,
        inline_error=(
            build_event({"error": {"object": "error", "message": "engine died", "code": 500}}),
        ),
    ),
    "llamacpp": Documented(
        path="/v1/chat/completions",
        wrong_key=(401, build_openai_error("Invalid API Key", code=401)),
        too_many=(
            503,
            _SECOND,
            {"error": {"code": 503, "message": "Loading model", "type": "unavailable_error"}},
        ),
        inline_error=(build_event({"error": {"code": 500, "message": "context shift"}}),),
    ),
    "ollama": Documented(
        path="/v1/chat/completions",
        wrong_key=(401, {"error": "unauthorized"}),
        too_many=(503, {}, build_openai_error("server busy, please try again")),
        inline_error=(build_event({"error": {"message": "llama runner stopped"}}),),
    ),
    "triton": Documented(
        path="/v1/chat/completions",
        key=("infer-key", KEY),
        wrong_key=(
            401,
            build_openai_error("This API is restricted", type="authentication_error"),
        ),
        too_many=_PROXY,
        inline_error=(),  # it ends the stream without a word
    ),
    "torchserve": Documented(
        path="/predictions/model/1.0/v1/chat/completions",
        wrong_key=(
            400,
            {
                "code": 400,
                "type": "InvalidKeyException",
                "message": "Token Authorization failed. Token either incorrect, expired, or not"
                " provided correctly",
            },
        ),
        too_many=(503, {}, {"code": 503, "type": "ServiceUnavailableException", "message": "busy"}),
        done=False,
        inline_error=(build_event({"object": "error", "message": "engine", "code": 500}),),
    ),
}
