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


def in_thread(function: Callable[P, T]) -> Callable[P, Awaitable[T]]:
    """The same call, awaited; the connection it used goes back to the pool after it."""
    return cast(
        "Callable[P, Awaitable[T]]",
        database_sync_to_async(function, thread_sensitive=False, executor=_executor),
    )
