"""One call to a model as something that is bought: what it may cost, and what it did."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from llm_bridge.money.budgets import Budget
from llm_bridge.money.prices import Price
from llm_bridge.tokens import PER_MESSAGE, PER_REQUEST, estimate_prompt, estimate_tokens
from llm_bridge.values import FailureReason, Request, Usage

# Tokens that a chat format puts around a message, at most; and around tools and forms.
AROUND = 4 * PER_MESSAGE
AROUND_EXTRAS = 500

# How a call can fail that no provider charges for, unless it had begun to answer.
_UNBILLED = frozenset(
    {
        FailureReason.CONNECT,
        FailureReason.RATE_LIMITED,
        FailureReason.QUOTA,
        FailureReason.SERVER_ERROR,
        FailureReason.AUTH,
        FailureReason.BAD_REQUEST,
        FailureReason.BUSY,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchase:
    """A call that is about to be made, with everything that the ledger keeps of it.

    `most_prompt_tokens` is what its prompt cannot exceed, `likely_prompt_tokens` an estimate.
    """

    call_id: UUID
    reference: UUID
    provider: str
    host: str
    model: str
    model_release: int | None
    prompt_version: str
    started_at: datetime
    budget: Budget | None = None
    most_prompt_tokens: int = 0
    likely_prompt_tokens: int = 0
    max_tokens: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A purchase that may be made: the price it was reserved at, and how much was reserved."""

    purchase: Purchase
    price: Price
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """How a call ended; durations in milliseconds.

    `said_tokens` is an estimate of what it said, for where the provider did not count.
    """

    outcome: str
    reason: FailureReason | None
    model: str
    usage: Usage | None
    said_tokens: int
    first_token_ms: int | None
    total_ms: int
    attempt: int

    @property
    def is_billed(self) -> bool:
        """Whether it cost something: a call that was refused or never arrived does not."""
        has_begun = self.usage is not None or self.first_token_ms is not None
        return has_begun or self.reason not in _UNBILLED


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Micro-dollars; estimated where tokens were not counted or the price is not known."""

    amount: int
    is_estimated: bool


def build_cost(*, hold: Hold, receipt: Receipt) -> Cost:
    price, usage = hold.price, receipt.usage
    if not receipt.is_billed:
        return Cost(amount=0, is_estimated=False)
    if usage is None:
        usage = Usage(
            prompt_tokens=hold.purchase.likely_prompt_tokens,
            completion_tokens=min(receipt.said_tokens, hold.purchase.max_tokens),
        )
    amount = price.build_cost(
        prompt=usage.prompt_tokens, cached=usage.cached_tokens, completion=usage.completion_tokens
    )
    return Cost(amount=amount, is_estimated=receipt.usage is None or not price.is_known)


def count_most_tokens(request: Request) -> int:
    """More than the prompt of a request can have: no token is shorter than a byte."""
    texts = [each.content for each in request.messages]
    calls = [call for each in request.messages for call in each.tool_calls]
    texts += [f"{call.id}{call.name}{call.arguments}" for call in calls]
    around = PER_REQUEST + AROUND * (len(request.messages) + len(calls))
    extras = _dump_extras(request)
    return around + _count_bytes([*texts, *extras]) + (AROUND_EXTRAS if extras else 0)


def count_likely_tokens(request: Request) -> int:
    return estimate_prompt(request.messages) + sum(map(estimate_tokens, _dump_extras(request)))


def _dump_extras(request: Request) -> list[str]:
    """What is sent beside the messages and paid as they are: tools, and the form of the answer."""
    tools = [
        f"{each.name}{each.description}{json.dumps(dict(each.parameters))}"
        for each in request.tools
    ]
    return [*tools, *([json.dumps(dict(request.response.schema))] if request.response else [])]


def _count_bytes(texts: Iterable[str]) -> int:
    return sum(len(text.encode()) for text in texts)
