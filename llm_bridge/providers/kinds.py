"""What servers that speak the OpenAI protocol do differently: one table, a row for each kind."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from urllib.parse import urlsplit

from llm_bridge.values import FailureReason

_EMPTY_ACCOUNT = ((429, "insufficient_quota", FailureReason.QUOTA),)
_STOPPED_QUESTION = ((400, "content_filter", FailureReason.FILTERED),)


class Structured(IntEnum):
    """How far a server can be held to a form; each step down is what it is tried with next."""

    NONE = 0
    JSON_OBJECT = 1
    JSON_SCHEMA = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One family of servers; what a single server refuses beyond this is learnt from it."""

    name: str
    title: str
    # Where the public service is; empty for servers that people run themselves.
    base_url: str = ""
    # The end of host names by which the kind is recognised.
    hosts: tuple[str, ...] = ()
    # Where a server of this kind listens if nobody changed it, on this machine.
    port: int | None = None
    # The header that carries the key; `authorization` with the word Bearer.
    key_header: str = "authorization"
    needs_key: bool = True
    limit_name: str = "max_tokens"
    structured: Structured = Structured.JSON_SCHEMA
    tools: bool = True
    # False: a form and tools in one request are refused; tools then go first.
    form_with_tools: bool = True
    # False: it counts tokens without being asked, and refuses to be asked.
    stream_options: bool = True
    # Statuses below 500 by which it says that it is too busy just now.
    busy_statuses: frozenset[int] = frozenset()
    # Words of its refusals that mean something else than their status.
    told: tuple[tuple[int, str, FailureReason], ...] = _EMPTY_ACCOUNT
    temperature_up_to: float = 2.0


KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            name="openai",
            title="OpenAI",
            base_url="https://api.openai.com/v1",
            hosts=("api.openai.com",),
            limit_name="max_completion_tokens",
            told=_EMPTY_ACCOUNT + _STOPPED_QUESTION,
        ),
        Kind(
            name="azure",
            title="Azure OpenAI",
            hosts=(".openai.azure.com", ".services.ai.azure.com", ".cognitiveservices.azure.com"),
            key_header="api-key",
            limit_name="max_completion_tokens",
            told=_EMPTY_ACCOUNT + _STOPPED_QUESTION,
        ),
        Kind(
            name="anthropic",
            title="Anthropic",
            base_url="https://api.anthropic.com/v1",
            hosts=("api.anthropic.com",),
            structured=Structured.NONE,
            temperature_up_to=1.0,
            told=((400, "credit balance is too low", FailureReason.QUOTA),),
        ),
        Kind(
            name="gemini",
            title="Google Gemini",
            base_url="https://generativelanguage.googleapis.com/v1beta/openai",
            hosts=("generativelanguage.googleapis.com",),
            form_with_tools=False,
            told=(
                (400, "API_KEY_INVALID", FailureReason.AUTH),
                (400, "API key not valid", FailureReason.AUTH),
            ),
        ),
        Kind(
            name="mistral",
            title="Mistral",
            base_url="https://api.mistral.ai/v1",
            hosts=("api.mistral.ai",),
            stream_options=False,
            temperature_up_to=1.5,
        ),
        Kind(
            name="cohere",
            title="Cohere",
            base_url="https://api.cohere.ai/compatibility/v1",
            hosts=("api.cohere.ai", "api.cohere.com"),
            stream_options=False,
            temperature_up_to=1.0,
        ),
        Kind(
            name="ai21",
            title="AI21",
            base_url="https://api.ai21.com/studio/v1",
            hosts=("api.ai21.com",),
            structured=Structured.JSON_OBJECT,
            stream_options=False,
        ),
        Kind(
            name="deepseek",
            title="DeepSeek",
            base_url="https://api.deepseek.com",
            hosts=("api.deepseek.com",),
            structured=Structured.JSON_OBJECT,
        ),
        Kind(
            name="groq",
            title="Groq",
            base_url="https://api.groq.com/openai/v1",
            hosts=("api.groq.com",),
            limit_name="max_completion_tokens",
            form_with_tools=False,
            busy_statuses=frozenset({498}),
        ),
        Kind(
            name="openrouter",
            title="OpenRouter",
            base_url="https://openrouter.ai/api/v1",
            hosts=("openrouter.ai",),
            told=(
                (403, "moderation", FailureReason.FILTERED),
                (403, "flagged", FailureReason.FILTERED),
            ),
        ),
        Kind(name="vllm", title="vLLM", needs_key=False),
        Kind(name="llamacpp", title="llama.cpp", needs_key=False),
        Kind(name="ollama", title="Ollama", needs_key=False, port=11434),
        Kind(name="triton", title="Triton", needs_key=False),
        Kind(
            name="torchserve",
            title="TorchServe",
            needs_key=False,
            tools=False,
            told=((400, "InvalidKeyException", FailureReason.AUTH),),
        ),
        # Whatever else speaks the protocol: it is asked as OpenAI is, and what it refuses learnt.
        Kind(name="other", title="Any other", needs_key=False),
    )
}


def find_kind(base_url: str) -> Kind:
    """The kind whose host or usual port the address has, else `other`."""
    try:
        parts = urlsplit(base_url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:  # the call will fail with its own reason
        return KINDS["other"]
    by_host = (kind for kind in KINDS.values() if _has_host(kind, host))
    by_port = (kind for kind in KINDS.values() if kind.port is not None and kind.port == port)
    return next(by_host, None) or next(by_port, None) or KINDS["other"]


def _has_host(kind: Kind, host: str) -> bool:
    return any(host.endswith(end) if end[0] == "." else host == end for end in kind.hosts)
