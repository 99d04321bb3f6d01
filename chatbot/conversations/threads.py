"""Database calls from the event loop: each in a thread of its own, so nobody waits for another."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar, cast

from channels.db import database_sync_to_async

P = ParamSpec("P")
T = TypeVar("T")

# Their own: a name look-up or a broker that hangs must not keep anybody from the database.
# As many as the connection pool has.
_executor = ThreadPoolExecutor(max_workers=16, thread_name_prefix="database")
# What a model's answer needs can wait, and is long: of fifty that begin at once two at a time are
# seen to, so that the loop, which answers everybody else, waits for two threads and not sixteen.
_patient_executor = ThreadPoolExecutor(max_workers=2, thread_name_prefix="answering")


def in_thread(function: Callable[P, T]) -> Callable[P, Awaitable[T]]:
    """The same call, awaited; the connection it used goes back to the pool after it."""
    return _run_in(_executor, function)


def in_patient_thread(function: Callable[P, T]) -> Callable[P, Awaitable[T]]:
    """The same for what follows a turn and nobody waits for within milliseconds."""
    return _run_in(_patient_executor, function)


def _run_in(executor: ThreadPoolExecutor, function: Callable[P, T]) -> Callable[P, Awaitable[T]]:
    return cast(
        "Callable[P, Awaitable[T]]",
        database_sync_to_async(function, thread_sensitive=False, executor=executor),
    )
