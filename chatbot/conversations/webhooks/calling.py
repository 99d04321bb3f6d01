"""Asking one webhook for one exchange, and what is kept of it: name, time, answer or failure."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import orjson
from django.conf import settings
from django.utils import timezone

from chatbot.conversations.models import Exchange
from chatbot.conversations.webhooks.answers import parse_answer
from chatbot.conversations.webhooks.client import CallFailed, get_client
from chatbot.conversations.webhooks.signing import build_headers
from rules.language.facts import Fact
from rules.rulebook.parts import Webhook

logger = logging.getLogger(__name__)

_CONSTANT_HEADERS = {
    "Content-Type": "application/json",
    "Accept": "application/json",
    "Accept-Encoding": "identity",
    "User-Agent": "Firstline",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """One call as the exchange keeps it; `sent` tells whether the same was asked before."""

    webhook: str
    sent: str
    ms: int
    facts: Mapping[str, Fact]

    def to_json(self) -> dict[str, Any]:
        facts = {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in self.facts.items()
        }
        return {"webhook": self.webhook, "sent": self.sent, "ms": self.ms, "facts": facts}


def parse_called(value: Mapping[str, Any]) -> Called:
    """The reverse of `to_json`."""
    facts = {
        name: tuple(fact) if isinstance(fact, list) else fact
        for name, fact in value["facts"].items()
    }
    return Called(webhook=value["webhook"], sent=value["sent"], ms=value["ms"], facts=facts)


def find_called(called: Sequence[Called], *, webhook: str, sent: str) -> Called | None:
    """The answer in hand to the very same question."""
    return next((each for each in called if (each.webhook, each.sent) == (webhook, sent)), None)


def build_failure(*, webhook: str, sent: str, code: str, ms: int = 0) -> Called:
    return Called(webhook=webhook, sent=sent, ms=ms, facts={"ok": False, "error": code})


def digest_facts(facts: Mapping[str, Fact]) -> str:
    canonical = orjson.dumps(dict(facts), option=orjson.OPT_SORT_KEYS)
    return hashlib.blake2b(canonical, digest_size=12).hexdigest()


async def call(*, webhook: Webhook, exchange: Exchange, facts: Mapping[str, Fact]) -> Called:
    """Asks, and never raises for what the other side does: a failure is an answer with a code."""
    started, sent = perf_counter(), digest_facts(facts)
    try:
        if not (webhook.public or exchange.conversation.verified):
            raise CallFailed("no_identity")
        answer = await _ask(webhook, exchange, facts, sent)
    except CallFailed as failure:
        ms = round((perf_counter() - started) * 1000)
        logger.warning(
            "webhook failed",
            extra={"exchange": str(exchange.pk), "webhook": webhook.name, "code": failure.code},
        )
        return build_failure(webhook=webhook.name, sent=sent, code=failure.code, ms=ms)
    ms = round((perf_counter() - started) * 1000)
    return Called(webhook=webhook.name, sent=sent, ms=ms, facts={**answer, "ok": True})


async def _ask(
    webhook: Webhook, exchange: Exchange, facts: Mapping[str, Fact], sent: str
) -> dict[str, Fact]:
    body = _build_body(webhook, exchange, facts)
    signature = build_headers(
        message_id=_build_id(webhook, exchange, sent),
        body=body,
        secret=exchange.conversation.site.webhook_secret,
        now=timezone.now(),
    )
    client = get_client(settings.WEBHOOK_PRIVATE_HOSTS)
    answer = await client.post(
        url=_build_url(webhook),
        body=body,
        headers={**_CONSTANT_HEADERS, **signature},
        seconds=webhook.timeout,
    )
    return parse_answer(answer, webhook=webhook.name)


def _build_url(webhook: Webhook) -> str:
    """A path alone leads to the server that Firstline itself is reached at."""
    return f"{settings.OWN_URL}{webhook.url}" if webhook.url.startswith("/") else webhook.url


def _build_body(webhook: Webhook, exchange: Exchange, facts: Mapping[str, Fact]) -> bytes:
    return orjson.dumps(
        {
            "conversation": str(exchange.conversation_id),
            "exchange": str(exchange.pk),
            "webhook": webhook.name,
            "facts": dict(facts),
            "visitor": exchange.conversation.verified or None,
        }
    )


def _build_id(webhook: Webhook, exchange: Exchange, sent: str) -> str:
    """The same for the same question of the same exchange, however often it is asked."""
    whole = f"{exchange.pk}/{webhook.name}/{sent}"
    return f"msg_{hashlib.blake2b(whole.encode(), digest_size=16).hexdigest()}"
