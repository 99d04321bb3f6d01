"""Database calls from the event loop: each in a thread of its own, so nobody waits for another."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import ParamSpec, TypeVar, cast

from channels.db import database_sync_to_async

P = ParamSpec("P")
T = TypeVar("T")


def in_thread(function: Callable[P, T]) -> Callable[P, Awaitable[T]]:
    """The same call, awaited; the connection it used goes back to the pool after it."""
    return cast(
        "Callable[P, Awaitable[T]]", database_sync_to_async(function, thread_sensitive=False)
    )
