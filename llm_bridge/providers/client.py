"""Speaks to a server that speaks the OpenAI protocol; the only module that knows the SDK."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

import httpx2
import openai

from llm_bridge.providers.body import Refusals, build_body
from llm_bridge.providers.chunks import Chunk, ChunkReader
from llm_bridge.providers.configuration import ProviderConfig
from llm_bridge.providers.errors import (
    ProviderError,
    Refusal,
    build_error,
    build_inline_error,
)
from llm_bridge.values import FailureReason, Request

CONNECT_SECONDS = 3.0
MAX_COMPLAINT_CHARACTERS = 10_000
# The SDK would read a line without end.
MAX_BODY_BYTES = 8_000_000

# What parsing a hostile or broken body can raise inside the SDK, beside its own errors.
_GARBAGE = (ValueError, TypeError, AttributeError, LookupError, RecursionError)

# Learnt once per process: a worker's short-lived loops should not learn it anew.
_refused: dict[tuple[ProviderConfig, str], Refusals] = {}
_listed_models: dict[ProviderConfig, str] = {}


@dataclass(frozen=True, slots=True)
class _Question:
    """One request, and which model is asked how hard to think about it."""

    request: Request
    model: str
    reasoning_effort: str

    def build_body(self, config: ProviderConfig, refusals: Refusals) -> dict[str, Any]:
        return build_body(
            self.request,
            kind=config.kind,
            model=self.model,
            reasoning_effort=self.reasoning_effort,
            refusals=refusals,
        )


class Provider:
    """One client for one configuration; it belongs to the event loop that made it."""

    def __init__(self, config: ProviderConfig) -> None:
        self.config = config
        # Taken by whoever calls: it knows how long waiting for one makes sense.
        self.places = asyncio.Semaphore(config.concurrency)
        with _mapped_errors(config, opening=True):
            self._client = openai.AsyncOpenAI(
                base_url=config.address,
                default_query=config.query,
                # A packed body could unpack to any size.
                default_headers={"Accept-Encoding": "identity", **dict(config.headers)},
                # Never empty: the SDK would look for a key in the environment instead.
                api_key=config.api_key or "none",
                timeout=CONNECT_SECONDS,
                max_retries=0,
                http_client=openai.DefaultAsyncHttpxClient(
                    verify=_get_ssl_context(),
                    # Another host must not be sent the key that a header of its own carries.
                    follow_redirects=False,
                    event_hooks=_build_hooks(config),
                ),
            )
        # The SDK took these from the environment; this server is not theirs to know.
        self._client.organization = self._client.project = None

    async def stream(
        self,
        request: Request,
        *,
        timeout: float,  # noqa: ASYNC109 - a silence, not the call's deadline
        connect: float = CONNECT_SECONDS,
        model: str = "",
        reasoning_effort: str = "",
    ) -> AsyncGenerator[Chunk, None]:
        """Chunks as they arrive; `timeout` is the longest silence, both limits in seconds.

        Without a `model` the configured one is asked. Closing the iterator closes the HTTP
        stream. Raises ProviderError.
        """
        limits = _build_timeout(timeout, connect=connect)
        question = _Question(
            request=request,
            model=model or await self._get_model(limits=limits),
            reasoning_effort=reasoning_effort or self.config.reasoning_effort,
        )
        response = await self._open(question, limits=limits)
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
        with _mapped_errors(self.config, opening=True):
            page = await self._client.models.list(timeout=limits)
            return tuple(str(model.id) for model in page.data)

    async def close(self) -> None:
        """Closes the client and its connections."""
        await self._client.close()

    async def _open(
        self, question: _Question, *, limits: openai.Timeout
    ) -> openai.AsyncStream[object]:
        """The open stream, after leaving out what this server refuses."""
        known = (self.config, question.model)
        refusals = _refused.get(known, Refusals())
        with _mapped_errors(self.config, opening=True):
            while True:
                body = question.build_body(self.config, refusals)
                try:
                    stream = await self._post(body, limits=limits)
                except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                    refusals = _get_next(refusals, body, error)
                except openai.NotFoundError:
                    # Perhaps the server was restarted with another model: list again next time.
                    _listed_models.pop(self.config, None)
                    raise
                else:
                    _refused[known] = refusals
                    return stream

    async def _post(
        self, body: dict[str, Any], *, limits: openai.Timeout
    ) -> openai.AsyncStream[object]:
        """As `chat.completions.create` does, but that each piece stays JSON: what the SDK makes of
        one takes two thirds of all its time, and checks nothing."""
        return await self._client.post(
            "/chat/completions",
            cast_to=object,
            body=body,
            options={"timeout": limits},
            stream=True,
            stream_cls=openai.AsyncStream[object],
        )

    async def _read(self, response: openai.AsyncStream[object]) -> AsyncGenerator[Chunk, None]:
        got_any = False
        reader = ChunkReader()
        with _mapped_errors(self.config, opening=False):
            async for raw in response:
                got_any = True
                yield reader.read(raw)
        if not got_any:  # an HTML page, say: no line of it was an event
            raise ProviderError(FailureReason.BAD_RESPONSE)


def _build_hooks(config: ProviderConfig) -> dict[str, list[Callable[..., Any]]]:
    async def move_key(request: httpx2.Request) -> None:
        """Where the key does not go with `Authorization`, which the SDK insists on."""
        if config.kind.key_header != "authorization":
            del request.headers["authorization"]
            request.headers[config.kind.key_header] = config.api_key

    return {"request": [move_key], "response": [_limit_body]}


class _LimitedBody(httpx2.AsyncByteStream):
    """A body that ends with ValueError when it is larger than anything we asked for."""

    def __init__(self, body: httpx2.AsyncByteStream) -> None:
        self._body = body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        length = 0
        async for piece in self._body:
            length += len(piece)
            if length > MAX_BODY_BYTES:
                raise ValueError("the body is too large")
            yield piece

    async def aclose(self) -> None:
        await self._body.aclose()


async def _limit_body(response: httpx2.Response) -> None:
    if response.headers.get("content-encoding", "identity") != "identity":
        raise ValueError("the body is packed although we asked for a plain one")
    response.stream = _LimitedBody(cast("httpx2.AsyncByteStream", response.stream))


@cache
def _get_ssl_context() -> ssl.SSLContext:
    """Shared by all clients: reading the certificates takes longer than all else they need."""
    return httpx2.create_ssl_context()


@contextmanager
def _mapped_errors(config: ProviderConfig, *, opening: bool) -> Iterator[None]:
    """Whatever the SDK, the transport or a broken body raises leaves as ProviderError."""
    try:
        yield
    except openai.APIStatusError as error:
        raise build_error(_build_refusal(error), kind=config.kind) from error
    except (openai.APIConnectionError, httpx2.HTTPError) as error:
        raise _map_transport(error, opening=opening) from error
    except openai.APIError as error:
        raise build_inline_error(error.code, _get_complaint(error)) from error
    except (openai.OpenAIError, httpx2.InvalidURL, httpx2.StreamError, *_GARBAGE) as error:
        raise ProviderError(FailureReason.BAD_RESPONSE) from error


def _build_refusal(error: openai.APIStatusError) -> Refusal:
    headers = {name.lower(): value for name, value in error.response.headers.items()}
    return Refusal(status=error.status_code, headers=headers, complaint=_get_complaint(error))


def _get_complaint(error: openai.APIError) -> str:
    return f"{error.message} {error.body}"[:MAX_COMPLAINT_CHARACTERS]


def _map_transport(error: Exception, *, opening: bool) -> ProviderError:
    cause = error if isinstance(error, httpx2.HTTPError) else error.__cause__
    if isinstance(cause, httpx2.ReadTimeout | httpx2.WriteTimeout):
        return ProviderError(FailureReason.TIMEOUT_TOTAL)
    reason = FailureReason.CONNECT if opening else FailureReason.CUT_OFF
    return ProviderError(reason, retryable=True)


def _get_next(refusals: Refusals, body: dict[str, Any], error: openai.APIStatusError) -> Refusals:
    """What to leave out next; raises the error again if it is about something else."""
    complaint = _get_complaint(error)
    found = refusals.find_next(body=body, param=error.param, complaint=complaint)
    if found is None:
        raise error
    return found


def _build_timeout(seconds: float, *, connect: float) -> openai.Timeout:
    return openai.Timeout(seconds, connect=min(connect, seconds))
