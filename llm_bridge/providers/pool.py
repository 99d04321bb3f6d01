"""One client for each event loop and configuration, closed when its loop shuts down."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from llm_bridge.providers.client import Provider
from llm_bridge.providers.configuration import ProviderConfig

# The second is what closes the first; somebody has to hold it.
_Owned = dict[ProviderConfig, tuple[Provider, AsyncIterator[None]]]
_owned_by_loop: dict[asyncio.AbstractEventLoop, _Owned] = {}


async def get_provider(config: ProviderConfig) -> Provider:
    """This loop's client for the configuration, kept open until the loop shuts down."""
    loop = asyncio.get_running_loop()
    owned = _owned_by_loop.setdefault(loop, {})
    if config not in owned:
        provider = Provider(config)
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
