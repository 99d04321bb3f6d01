"""Whether the configured provider can be reached, for readiness checks: cheap and cached."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from enum import StrEnum

from llm_bridge.providers.configuration import ProviderConfig
from llm_bridge.providers.errors import ProviderError
from llm_bridge.providers.pool import get_provider
from llm_bridge.values import FailureReason

CACHE_SECONDS = 10.0


class ProviderState(StrEnum):
    """What a readiness page says of the model."""

    OK = "ok"
    UNREACHABLE = "unreachable"
    UNAUTHORISED = "unauthorised"
    NOT_CONFIGURED = "not configured"


_seen: dict[ProviderConfig, tuple[float, ProviderState]] = {}


async def check_provider(
    config: ProviderConfig | None,
    *,
    timeout: float = 2.0,  # noqa: ASYNC109 - part of the state it reports, not of the call
    clock: Callable[[], float] = time.monotonic,
) -> ProviderState:
    """The provider's state, asked at most every ten seconds; `timeout` in seconds."""
    if config is None:
        return ProviderState.NOT_CONFIGURED
    checked_at, state = _seen.get(config, (-CACHE_SECONDS, ProviderState.OK))
    if clock() - checked_at >= CACHE_SECONDS or config not in _seen:
        state = await _ask(config, seconds=timeout)
        _seen[config] = (clock(), state)
    return state


async def _ask(config: ProviderConfig, *, seconds: float) -> ProviderState:
    try:
        async with asyncio.timeout(seconds):
            await (await get_provider(config)).get_models(seconds=seconds)
    except TimeoutError:
        return ProviderState.UNREACHABLE
    except ProviderError as error:
        return _STATES.get(error.reason, ProviderState.UNREACHABLE)
    return ProviderState.OK


_STATES = {
    FailureReason.AUTH: ProviderState.UNAUTHORISED,
    # It answers, but does not list its models, or is busy: a question may still succeed.
    FailureReason.BAD_REQUEST: ProviderState.OK,
    FailureReason.RATE_LIMITED: ProviderState.OK,
}
