"""Webhooks that change nothing, as look-ups that the model may ask for.

The model only picks one. What is sent are the facts its `send` names, from this conversation's
slots and what is known of its visitor; where a slot is missing, the model is told which.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chatbot.conversations.models import Exchange
from chatbot.conversations.webhooks.calling import call, digest_facts, find_called, parse_called
from llm_bridge import gateway
from rules.language.facts import Fact
from rules.rulebook.parts import Rulebook, Webhook

_SLOT = "slot."
_STATUS = frozenset({"ok", "error"})


@dataclass(frozen=True, slots=True)
class _Asking:
    """One webhook, and what it would be sent for this exchange."""

    webhook: Webhook
    exchange: Exchange
    facts: Mapping[str, Fact]

    async def find(self) -> gateway.Found:
        sent = {name: self.facts[name] for name in self.webhook.send if name in self.facts}
        needed = [name for name in self.webhook.send if name.startswith(_SLOT)]
        missing = tuple(name.removeprefix(_SLOT) for name in needed if name not in sent)
        if missing:
            return gateway.Found(missing=missing)
        return await self._call(sent)

    async def _call(self, sent: Mapping[str, Fact]) -> gateway.Found:
        """Asks, unless a rule asked the very same in this turn."""
        name = self.webhook.name
        known = [parse_called(value) for value in self.exchange.answers]
        called = find_called(known, webhook=name, sent=digest_facts(sent))
        if called is None:
            called = await call(webhook=self.webhook, exchange=self.exchange, facts=sent)
        told = {key: value for key, value in called.facts.items() if key not in _STATUS}
        if called.facts.get("ok") is True and told:
            return gateway.Found(facts=told)
        return gateway.Found(error=str(called.facts.get("error", "empty")))


def build_lookups(
    *, rulebook: Rulebook, exchange: Exchange, slots: Mapping[str, Fact]
) -> tuple[gateway.Lookup, ...]:
    """What the model may look up for this exchange; by name, so that prompts begin alike.

    Without a verified identity only what is public.
    """
    is_verified = bool(exchange.conversation.verified)
    # What a slot held before this message is told by the slots of now.
    told = {name: fact for name, fact in exchange.facts.items() if not name.startswith(_SLOT)}
    facts = {**told, **{f"{_SLOT}{name}": value for name, value in slots.items()}}
    offered = [
        webhook
        for _, webhook in sorted(rulebook.webhooks.items())
        if webhook.tool and (webhook.public or is_verified)
    ]
    return tuple(
        gateway.Lookup(
            name=webhook.name,
            description=webhook.tool,
            find=_Asking(webhook, exchange, facts).find,
        )
        for webhook in offered
    )
