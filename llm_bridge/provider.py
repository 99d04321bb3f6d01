"""Speaks to an OpenAI-compatible server; the only module that knows the SDK."""

from __future__ import annotations

import ssl
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from math import isfinite
from typing import Any, cast

import httpx2
import openai
from openai.types.chat import ChatCompletionChunk

from llm_bridge.configuration import ProviderConfig
from llm_bridge.guards import strip_control
from llm_bridge.values import FailureReason, Message, Usage

CONNECT_SECONDS = 3.0

# What a server may refuse, and what to send instead: None leaves it out.
_REPLACEMENTS = {
    "stream_options": None,
    "temperature": None,
    "reasoning_effort": None,
    "max_tokens": "max_completion_tokens",
}
_STATUS_REASONS = {
    401: FailureReason.AUTH,
    403: FailureReason.AUTH,
    408: FailureReason.SERVER_ERROR,
    409: FailureReason.SERVER_ERROR,
    429: FailureReason.RATE_LIMITED,
}
# What parsing a hostile or broken body can raise inside the SDK, beside its own errors.
_GARBAGE = (ValueError, TypeError, AttributeError, LookupError, RecursionError)

# Learnt once per process: a worker's short-lived loops should not learn it anew.
_refused: dict[ProviderConfig, frozenset[str]] = {}
_listed_models: dict[ProviderConfig, str] = {}


class ProviderError(Exception):
    """Every way in which a call can fail; `retry_after` in seconds where the server said so."""

    def __init__(
        self, reason: FailureReason, *, retryable: bool = False, retry_after: float | None = None
    ) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.retryable = retryable
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Chunk:
    """One piece of the stream, each field empty where the server sent nothing."""

    text: str = ""
    finish_reason: str = ""
    model: str = ""
    usage: Usage | None = None


class Provider:
    """One client for one configuration; it belongs to the event loop that made it."""

    def __init__(self, config: ProviderConfig) -> None:
        self.config = config
        with _mapped_errors(opening=True):
            self._client = openai.AsyncOpenAI(
                base_url=config.base_url,
                # Never empty: the SDK would look for a key in the environment instead.
                api_key=config.api_key or "none",
                timeout=CONNECT_SECONDS,
                max_retries=0,
                http_client=openai.DefaultAsyncHttpxClient(verify=_get_ssl_context()),
            )
        # The SDK took these from the environment; this server is not theirs to know.
        self._client.organization = self._client.project = None

    async def stream(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        temperature: float,
        timeout: float,  # noqa: ASYNC109 - a silence, not the call's deadline
        connect: float = CONNECT_SECONDS,
    ) -> AsyncGenerator[Chunk, None]:
        """Chunks as they arrive; `timeout` is the longest silence, both limits in seconds.

        Closing the iterator closes the HTTP stream. Raises ProviderError.
        """
        limits = _build_timeout(timeout, connect=connect)
        body: dict[str, Any] = {
            "model": await self._get_model(limits=limits),
            "messages": [{"role": each.role, "content": each.content} for each in messages],
            "max_tokens": max_tokens,
            "temperature": temperature,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        if self.config.reasoning_effort:
            body["reasoning_effort"] = self.config.reasoning_effort
        response = await self._open(body, limits=limits)
        try:
            async with aclosing(self._read(response)) as chunks:
                async for chunk in chunks:
                    yield chunk
        finally:
            await response.close()

    async def _get_model(self, *, limits: openai.Timeout) -> str:
        """The configured model, else the first one the server lists, asked once."""
        if model := self.config.model or _listed_models.get(self.config, ""):
            return model
        models = await self._list_models(limits)
        if not models:
            raise ProviderError(FailureReason.BAD_RESPONSE)
        return _listed_models.setdefault(self.config, models[0])

    async def get_models(self, *, seconds: float) -> tuple[str, ...]:
        """The ids of the models the server lists."""
        return await self._list_models(_build_timeout(seconds, connect=CONNECT_SECONDS))

    async def _list_models(self, limits: openai.Timeout) -> tuple[str, ...]:
        with _mapped_errors(opening=True):
            page = await self._client.models.list(timeout=limits)
            return tuple(str(model.id) for model in page.data)

    async def close(self) -> None:
        """Closes the client and its connections."""
        await self._client.close()

    async def _open(
        self, body: dict[str, Any], *, limits: openai.Timeout
    ) -> openai.AsyncStream[ChatCompletionChunk]:
        """The open stream, after leaving out what this server refuses."""
        refused = _refused.get(self.config, frozenset())
        with _mapped_errors(opening=True):
            while True:
                try:
                    stream = await self._post(_without(body, refused), limits=limits)
                except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                    if not (found := _find_refused(error, body.keys() - refused)):
                        raise
                    refused = refused | {found}
                except openai.NotFoundError:
                    # Perhaps the server was restarted with another model: list again next time.
                    _listed_models.pop(self.config, None)
                    raise
                else:
                    _refused[self.config] = refused
                    return stream

    async def _post(
        self, body: dict[str, Any], *, limits: openai.Timeout
    ) -> openai.AsyncStream[ChatCompletionChunk]:
        stream = await self._client.chat.completions.create(**body, timeout=limits)
        return cast("openai.AsyncStream[ChatCompletionChunk]", stream)

    async def _read(
        self, response: openai.AsyncStream[ChatCompletionChunk]
    ) -> AsyncGenerator[Chunk, None]:
        got_any = False
        with _mapped_errors(opening=False):
            async for raw in response:
                got_any = True
                yield parse_chunk(raw)
        if not got_any:  # an HTML page, say: no line of it was an event
            raise ProviderError(FailureReason.BAD_RESPONSE)


@cache
def _get_ssl_context() -> ssl.SSLContext:
    """Shared by all clients: reading the certificates takes longer than all else they need."""
    return httpx2.create_ssl_context()


def parse_chunk(raw: object) -> Chunk:
    """What we use of a chunk; ValueError if it is none."""
    if not isinstance(raw, ChatCompletionChunk):
        raise ValueError("not a chunk")
    choice = raw.choices[0] if raw.choices else None
    text = choice.delta.content if choice and choice.delta else None
    if not isinstance(text, str | None):
        raise ValueError("content is no text")
    return Chunk(
        text=text or "",
        finish_reason=str(choice.finish_reason or "") if choice else "",
        model=strip_control(str(raw.model or ""))[:200],
        usage=_parse_usage(raw.usage),
    )


def _parse_usage(raw: object) -> Usage | None:
    counts = (getattr(raw, "prompt_tokens", None), getattr(raw, "completion_tokens", None))
    if not all(isinstance(count, int) and 0 <= count < 2**31 for count in counts):
        return None
    return Usage(prompt_tokens=cast("int", counts[0]), completion_tokens=cast("int", counts[1]))


def parse_retry_after(value: str, *, now: datetime) -> float | None:
    """Seconds from a Retry-After header, which holds seconds or an HTTP date."""
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(value) - now).total_seconds()
        except (ValueError, TypeError, OverflowError):
            return None
    return max(0.0, seconds) if isfinite(seconds) else None


@contextmanager
def _mapped_errors(*, opening: bool) -> Iterator[None]:
    """Whatever the SDK, the transport or a broken body raises leaves as ProviderError."""
    try:
        yield
    except openai.APIStatusError as error:
        raise _map_status(error) from error
    except (openai.APIConnectionError, httpx2.HTTPError) as error:
        raise _map_transport(error, opening=opening) from error
    except openai.APIError as error:
        raise _map_inline(error) from error
    except (openai.OpenAIError, httpx2.InvalidURL, httpx2.StreamError, *_GARBAGE) as error:
        raise ProviderError(FailureReason.BAD_RESPONSE) from error


def _map_status(error: openai.APIStatusError) -> ProviderError:
    status = error.status_code
    if error.code == "insufficient_quota":
        return ProviderError(FailureReason.QUOTA)
    reason = FailureReason.SERVER_ERROR if status >= 500 else FailureReason.BAD_REQUEST
    header = error.response.headers.get("retry-after", "")
    return ProviderError(
        _STATUS_REASONS.get(status, reason),
        retryable=status in {408, 409, 429} or status >= 500,
        retry_after=parse_retry_after(header, now=datetime.now(UTC)) if header else None,
    )


def _map_transport(error: Exception, *, opening: bool) -> ProviderError:
    cause = error if isinstance(error, httpx2.HTTPError) else error.__cause__
    if isinstance(cause, httpx2.ReadTimeout | httpx2.WriteTimeout):
        return ProviderError(FailureReason.TIMEOUT_TOTAL)
    reason = FailureReason.CONNECT if opening else FailureReason.CUT_OFF
    return ProviderError(reason, retryable=True)


def _map_inline(error: openai.APIError) -> ProviderError:
    """An error object inside a stream that began with 200, as routers send it."""
    reason = FailureReason.RATE_LIMITED if error.code == "429" else FailureReason.SERVER_ERROR
    return ProviderError(reason, retryable=True)


def _find_refused(error: openai.APIStatusError, sent: set[str]) -> str | None:
    """Which of the parameters we can do without the server complains about."""
    if error.param in sent & _REPLACEMENTS.keys():
        return error.param
    complaint = f"{error.message} {error.body}"
    return next((name for name in _REPLACEMENTS if name in sent and name in complaint), None)


def _without(body: dict[str, Any], refused: frozenset[str]) -> dict[str, Any]:
    kept = {name: value for name, value in body.items() if name not in refused}
    renamed = {name: new for name in refused if (new := _REPLACEMENTS[name])}
    return kept | {new: body[name] for name, new in renamed.items()}


def _build_timeout(seconds: float, *, connect: float) -> openai.Timeout:
    return openai.Timeout(seconds, connect=min(connect, seconds))
