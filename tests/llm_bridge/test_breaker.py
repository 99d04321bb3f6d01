"""A breaker stops asking a provider that keeps failing; one call finds out when it is back."""

from __future__ import annotations

import pytest

from llm_bridge.providers.breaker import (
    FAILURES,
    MAX_OPEN_SECONDS,
    MAX_TOLD_SECONDS,
    OPEN_SECONDS,
    WINDOW_SECONDS,
    Breaker,
    BreakerState,
)
from llm_bridge.providers.errors import ProviderError
from llm_bridge.values import FailureReason

BROKEN = ProviderError(FailureReason.SERVER_ERROR, retryable=True)


def fail(breaker: Breaker, error: ProviderError = BROKEN, *, now: float, times: int = 1) -> None:
    for _ in range(times):
        caller = object()
        assert breaker.admit(caller, now=now)
        breaker.note_failure(caller, error, now=now)


def succeed(breaker: Breaker, *, now: float, times: int = 1) -> None:
    for _ in range(times):
        caller = object()
        assert breaker.admit(caller, now=now)
        breaker.note_success(caller, now=now)


def open_breaker() -> Breaker:
    fail(breaker := Breaker(), now=0, times=FAILURES)
    return breaker


def test_it_opens_after_enough_failures_and_admits_nobody() -> None:
    fail(breaker := Breaker(), now=0, times=FAILURES - 1)
    assert breaker.get_state(now=0) is BreakerState.CLOSED
    fail(breaker, now=0)
    assert breaker.get_state(now=OPEN_SECONDS - 0.1) is BreakerState.OPEN
    assert not breaker.admit(object(), now=OPEN_SECONDS - 0.1)
    assert breaker.reason is FailureReason.SERVER_ERROR


def test_failures_among_more_successes_do_not_open_it() -> None:
    succeed(breaker := Breaker(), now=0, times=FAILURES + 1)
    fail(breaker, now=0, times=FAILURES)
    assert breaker.get_state(now=0) is BreakerState.CLOSED


def test_failures_of_long_ago_do_not_count() -> None:
    fail(breaker := Breaker(), now=0, times=FAILURES - 1)
    fail(breaker, now=WINDOW_SECONDS + 1)
    assert breaker.get_state(now=WINDOW_SECONDS + 1) is BreakerState.CLOSED


def test_half_open_it_admits_one_probe_at_a_time() -> None:
    breaker = open_breaker()
    assert breaker.get_state(now=OPEN_SECONDS) is BreakerState.HALF_OPEN
    assert breaker.admit("probe", now=OPEN_SECONDS)
    assert not breaker.admit("another", now=OPEN_SECONDS)


def test_a_probe_that_succeeds_closes_it() -> None:
    breaker = open_breaker()
    succeed(breaker, now=OPEN_SECONDS)
    assert breaker.get_state(now=OPEN_SECONDS) is BreakerState.CLOSED
    assert breaker.reason is None
    fail(breaker, now=OPEN_SECONDS, times=FAILURES - 1)  # it begins to count anew
    assert breaker.get_state(now=OPEN_SECONDS) is BreakerState.CLOSED


def test_each_probe_that_fails_doubles_the_wait_up_to_a_limit() -> None:
    breaker, now, wait = open_breaker(), 0.0, OPEN_SECONDS
    for _ in range(8):
        now += wait
        fail(breaker, now=now)
        wait = min(wait * 2, MAX_OPEN_SECONDS)
        assert breaker.get_state(now=now + wait - 0.1) is BreakerState.OPEN
        assert breaker.get_state(now=now + wait) is BreakerState.HALF_OPEN


@pytest.mark.parametrize(
    "reason", [FailureReason.EMPTY, FailureReason.BAD_REQUEST, FailureReason.FILTERED]
)
def test_a_probe_without_a_verdict_lets_the_next_one_try(reason: FailureReason) -> None:
    breaker = open_breaker()
    assert breaker.admit("left", now=OPEN_SECONDS)
    breaker.note_abandoned("left")
    fail(breaker, ProviderError(reason), now=OPEN_SECONDS)
    assert breaker.admit("next", now=OPEN_SECONDS)


def test_calls_from_before_it_opened_change_nothing() -> None:
    breaker = Breaker()
    assert breaker.admit("early", now=0)
    fail(breaker, now=0, times=FAILURES)
    breaker.note_success("early", now=1)
    breaker.note_failure("earlier", BROKEN, now=1)
    assert breaker.get_state(now=OPEN_SECONDS - 0.1) is BreakerState.OPEN
    assert breaker.get_state(now=OPEN_SECONDS) is BreakerState.HALF_OPEN


@pytest.mark.parametrize("reason", [FailureReason.AUTH, FailureReason.QUOTA])
def test_what_will_not_pass_opens_it_at_once(reason: FailureReason) -> None:
    fail(breaker := Breaker(), ProviderError(reason), now=0)
    assert breaker.get_state(now=0) is BreakerState.OPEN


@pytest.mark.parametrize(("told", "waited"), [(1, 1), (60, 60), (3600, MAX_TOLD_SECONDS)])
def test_a_server_that_says_when_is_asked_then(told: float, waited: float) -> None:
    limited = ProviderError(FailureReason.RATE_LIMITED, retryable=True, retry_after=told)
    fail(breaker := Breaker(), limited, now=0)
    assert breaker.get_state(now=waited - 0.1) is BreakerState.OPEN
    assert breaker.get_state(now=waited) is BreakerState.HALF_OPEN
