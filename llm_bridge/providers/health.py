"""Whether the configured providers can be reached, for readiness checks: cheap and cached."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from llm_bridge.providers.breaker import BreakerState, find_breakers
from llm_bridge.providers.configuration import ProviderConfig
from llm_bridge.providers.errors import ProviderError
from llm_bridge.providers.pool import get_provider
from llm_bridge.values import FailureReason

CACHE_SECONDS = 10.0


class ProviderState(StrEnum):
    """What a readiness page says of a provider."""

    OK = "ok"
    UNREACHABLE = "unreachable"
    UNAUTHORISED = "unauthorised"
    RESTING = "resting"  # it could be reached, but failed too often: its breaker is open
    NOT_CONFIGURED = "not configured"


@dataclass(frozen=True, slots=True)
class ProviderHealth:
    """One provider as a readiness page tells it; breakers that are not closed, by model."""

    name: str
    host: str
    state: ProviderState
    breakers: dict[str, BreakerState]
    reasons: dict[str, str]

    @property
    def is_askable(self) -> bool:
        """A question now might get an answer."""
        return self.state is ProviderState.OK and BreakerState.OPEN not in self.breakers.values()

    def describe(self) -> dict[str, Any]:
        """As plain values; nothing in it is secret."""
        told: dict[str, Any] = {"state": str(self.state), "host": self.host}
        if self.breakers:
            told["breakers"] = {
                model: {"state": str(state), "reason": self.reasons[model]}
                for model, state in self.breakers.items()
            }
        return told


_seen: dict[ProviderConfig, tuple[float, ProviderState]] = {}


async def check_providers(
    providers: Iterable[ProviderConfig],
    *,
    timeout: float = 2.0,  # noqa: ASYNC109 - part of the state it reports, not of the call
    clock: Callable[[], float] = time.monotonic,
) -> tuple[ProviderHealth, ...]:
    """Each provider's health, all asked at once; `timeout` in seconds."""
    checks = (check_provider(config, timeout=timeout, clock=clock) for config in providers)
    return tuple(await asyncio.gather(*checks))


async def check_provider(
    config: ProviderConfig,
    *,
    timeout: float = 2.0,  # noqa: ASYNC109 - part of the state it reports, not of the call
    clock: Callable[[], float] = time.monotonic,
) -> ProviderHealth:
    """One provider's health, asked at most every ten seconds; `timeout` in seconds."""
    checked_at, state = _seen.get(config, (-CACHE_SECONDS, ProviderState.OK))
    if clock() - checked_at >= CACHE_SECONDS or config not in _seen:
        state = await _ask(config, seconds=timeout)
        _seen[config] = (clock(), state)
    return _build_health(config, state, now=clock())


def sum_up(providers: Iterable[ProviderHealth]) -> ProviderState:
    """All of them in one word: ok when one can be asked, else what is wrong with the first."""
    known = tuple(providers)
    if any(each.is_askable for each in known):
        return ProviderState.OK
    wrong = (each.state for each in known if each.state is not ProviderState.OK)
    return next(wrong, ProviderState.RESTING if known else ProviderState.NOT_CONFIGURED)


def _build_health(config: ProviderConfig, state: ProviderState, *, now: float) -> ProviderHealth:
    breakers = {
        model or "default": breaker
        for model, breaker in find_breakers(config).items()
        if breaker.get_state(now=now) is not BreakerState.CLOSED
    }
    return ProviderHealth(
        name=config.name,
        host=config.host,
        state=state,
        breakers={model: each.get_state(now=now) for model, each in breakers.items()},
        reasons={model: str(each.reason) for model, each in breakers.items()},
    )


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
    FailureReason.BAD_RESPONSE: ProviderState.OK,
    FailureReason.RATE_LIMITED: ProviderState.OK,
}
