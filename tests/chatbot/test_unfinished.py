"""What a process left unanswered is answered by another: once, and not for ever."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from chatbot.conversations import dispatch, escalation
from chatbot.conversations.models import Event, Exchange, Site
from tests.chatbot.conftest import UseModel
from tests.llm_bridge.fake_provider import FakeProvider
from tests.server import Chat, Server

UNCOVERED = "do you sell tea towels?"


def leave_unfinished(visitor: Chat, provider: FakeProvider) -> UUID:
    """A question whose process died while it asked the model: pending, its lease lapsed."""
    visitor.say(UNCOVERED)
    question = visitor.read_event()
    assert provider.wait_until(lambda each: len(each.completions) == 1)
    return UUID(question["exchange"])


def lapse(exchange_id: UUID) -> None:
    past = timezone.now() - timedelta(seconds=1)
    assert Exchange.objects.filter(pk=exchange_id, state="pending").update(leased_until=past)


async def sweep_and_finish() -> int:
    count = await dispatch.sweep()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    # Who watches for a person is cancelled when the answer is there.
    await asyncio.gather(*others, return_exceptions=True)
    return count


def test_what_a_dead_process_left_is_answered_once(
    site: Site, use_model: UseModel, provider: FakeProvider
) -> None:
    use_model("silent")
    with Server() as dying, dying.chat() as visitor:
        exchange_id = leave_unfinished(visitor, provider)
    assert Exchange.objects.get(pk=exchange_id).state == "pending"
    use_model("ok")
    assert asyncio.run(sweep_and_finish()) == 0  # its lease still holds
    lapse(exchange_id)
    assert asyncio.run(sweep_and_finish()) == 1
    assert asyncio.run(sweep_and_finish()) == 0
    exchange = Exchange.objects.get()
    assert (exchange.state, exchange.source, exchange.attempts) == ("answered", "llm", 2)
    assert list(Event.objects.values_list("sender", flat=True)) == ["visitor", "bot"]


def test_an_exchange_that_somebody_is_answering_is_left_alone(
    server: Server, use_model: UseModel, provider: FakeProvider
) -> None:
    use_model("stall")
    with server.chat() as visitor:
        exchange_id = leave_unfinished(visitor, provider)
        asyncio.run(escalation.answer(exchange_id))
        assert len(provider.completions) == 1
        assert Exchange.objects.get().attempts == 1


def test_an_exchange_that_kills_its_process_again_and_again_goes_to_a_person(
    server: Server, use_model: UseModel, provider: FakeProvider
) -> None:
    use_model("stall")
    with server.chat() as visitor:
        exchange_id = leave_unfinished(visitor, provider)
        Exchange.objects.update(attempts=escalation.MAX_ATTEMPTS)
        lapse(exchange_id)
        asyncio.run(escalation.answer(exchange_id))
    exchange = Exchange.objects.get()
    assert (exchange.source, exchange.failure) == ("fallback", "cut_off")
    assert len(provider.completions) == 1
