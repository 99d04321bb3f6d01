"""What one attempt spends: opened before its first request, closed with its receipt."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from llm_bridge.money import till
from llm_bridge.money.purchases import (
    Hold,
    Purchase,
    Receipt,
    count_likely_tokens,
    count_most_tokens,
)
from llm_bridge.values import Request


class Bill:
    """`purchase` tells whose call it is; its tokens are added by each request."""

    def __init__(self, purchase: Purchase) -> None:
        self._purchase = purchase
        self._hold: Hold | None = None
        self._reserving: asyncio.Task[None] | None = None

    async def reserve(self, request: Request) -> None:
        """Before a request is sent; raises OutOfBudget and DatabaseError."""
        # Whoever gives up waiting leaves a reservation that `close` still knows of.
        self._reserving = asyncio.create_task(self._reserve(request))
        await asyncio.shield(self._reserving)

    async def close(self, receipt: Receipt) -> None:
        """However the attempt ended, and whether or not anything was sent."""
        if self._reserving is not None:
            await asyncio.wait([self._reserving])
            self._reserving.exception()  # known already to whoever waited for it
        if self._hold is None:
            await till.record_unpaid(self._purchase, receipt)
        else:
            await till.settle(self._hold, receipt)

    async def _reserve(self, request: Request) -> None:
        purchase = _add(self._purchase, request)
        if self._hold is None:
            self._hold = await till.reserve(purchase)
        else:
            self._hold = await till.extend(self._hold, purchase)
        self._purchase = purchase


def _add(purchase: Purchase, request: Request) -> Purchase:
    return replace(
        purchase,
        most_prompt_tokens=purchase.most_prompt_tokens + count_most_tokens(request),
        likely_prompt_tokens=purchase.likely_prompt_tokens + count_likely_tokens(request),
        max_tokens=purchase.max_tokens + request.max_tokens,
    )
