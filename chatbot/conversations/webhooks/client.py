"""One POST to a webhook: bounded in time and size, no redirects, to checked addresses only."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Mapping
from weakref import WeakKeyDictionary

import httpcore2
import httpx2

from chatbot.conversations.webhooks.addresses import CheckedBackend, PrivateAddress, is_listed

MAX_BODY = 64 * 1024  # bytes of an answer
AT_ONCE = 20  # requests to one host, so that a slow one delays nobody else
IDLE = 30.0  # seconds a connection is kept for the next request


class CallFailed(Exception):
    """Why there is no answer, as the stable code that rules see in `call.NAME.error`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Client:
    """The connections of one event loop."""

    def __init__(self, listed: tuple[str, ...]) -> None:
        self._listed = listed
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=httpcore2.default_ssl_context(),
            max_connections=None,
            max_keepalive_connections=AT_ONCE,
            keepalive_expiry=IDLE,
            network_backend=CheckedBackend(listed),
        )
        self._turns: dict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(AT_ONCE))

    async def post(
        self, *, url: str, body: bytes, headers: Mapping[str, str], seconds: float
    ) -> bytes:
        """The body of a 2xx answer within `seconds` in all; raises CallFailed."""
        parsed = self._parse_url(url)
        try:
            async with asyncio.timeout(seconds), self._turns[parsed.host]:
                return await self._send(parsed, body, headers)
        except PrivateAddress as error:
            raise CallFailed("private_address") from error
        except (TimeoutError, httpcore2.TimeoutException) as error:
            raise CallFailed("timeout") from error
        except (httpcore2.NetworkError, httpcore2.ProtocolError, OSError) as error:
            raise CallFailed(_find_code(error)) from error

    def _parse_url(self, url: str) -> httpx2.URL:
        """Plain http only to where the operator allows it; raises CallFailed."""
        try:
            parsed = httpx2.URL(url)
        except (httpx2.InvalidURL, UnicodeError) as error:
            raise CallFailed("unreachable") from error
        if parsed.scheme != "https" and not is_listed(parsed.host, parsed.port or 80, self._listed):
            raise CallFailed("not_https")
        return parsed

    async def _send(self, url: httpx2.URL, body: bytes, headers: Mapping[str, str]) -> bytes:
        target = httpcore2.URL(
            scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
        )
        lines: list[tuple[str | bytes, str | bytes]] = [("Host", url.netloc), *headers.items()]
        async with self._pool.stream("POST", target, headers=lines, content=body) as response:
            if not 200 <= response.status < 300:
                raise CallFailed(f"status_{response.status}")
            return await _read_body(response)


async def _read_body(response: httpcore2.Response) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise CallFailed("too_large")
    return bytes(body)


def _find_code(error: BaseException) -> str:
    """Whether somebody said no, or nobody could be asked."""
    is_refused = any(isinstance(each, ConnectionRefusedError) for each in _walk_causes(error))
    return "refused" if is_refused else "unreachable"


def _walk_causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


_clients: WeakKeyDictionary[asyncio.AbstractEventLoop, Client] = WeakKeyDictionary()


def get_client(listed: tuple[str, ...]) -> Client:
    """The running loop's client."""
    loop = asyncio.get_running_loop()
    if loop not in _clients:
        _clients[loop] = Client(listed)
    return _clients[loop]
