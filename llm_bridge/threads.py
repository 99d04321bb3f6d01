"""Looking through texts takes milliseconds: it is done in threads, and the loop answers others."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

# One: whoever works takes a part of the loop's time, and an expression is never interrupted.
_readers = ThreadPoolExecutor(max_workers=1, thread_name_prefix="reading")


async def read_in_thread(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """The same call, awaited; it asks no database."""
    call = partial(function, *args, **kwargs)
    return await asyncio.get_running_loop().run_in_executor(_readers, call)
