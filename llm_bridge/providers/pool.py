"""One client for each event loop and configuration, closed when its loop shuts down."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, TypeAlias

from llm_bridge.providers.configuration import ProviderConfig

if TYPE_CHECKING:
    from llm_bridge.providers.client import Provider

# The second is what closes the first; somebody has to hold it.
_Owned: TypeAlias = "dict[ProviderConfig, tuple[Provider, AsyncIterator[None]]]"
_owned_by_loop: dict[asyncio.AbstractEventLoop, _Owned] = {}


def load_client() -> type[Provider]:
    """What speaks to providers, loaded when first needed: the SDK weighs 26 MB and takes half a
    second, and a process whose questions workers ask, or nobody, never needs it."""
    from llm_bridge.providers.client import Provider

    return Provider


async def get_provider(config: ProviderConfig) -> Provider:
    """This loop's client for the configuration, kept open until the loop shuts down."""
    loop = asyncio.get_running_loop()
    owned = _owned_by_loop.setdefault(loop, {})
    if config not in owned:
        build = await asyncio.to_thread(load_client)
        if config in owned:  # by another call, meanwhile
            return owned[config][0]
        provider = build(config)
        owned[config] = (provider, closer := _close_with_loop(provider, loop))
        await anext(closer)
    return owned[config][0]


async def _close_with_loop(
    provider: Provider, loop: asyncio.AbstractEventLoop
) -> AsyncIterator[None]:
    """Waits for its loop's end: `asyncio.run` and servers then close the loop's generators."""
    try:
        yield
    finally:
        _owned_by_loop.pop(loop, None)
        await provider.close()
