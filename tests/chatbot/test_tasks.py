"""A broker may bring a task late, twice or from a newer version: none of it harms."""

from __future__ import annotations

from uuid import uuid4

import pytest

from chatbot.conversations import tasks
from chatbot.conversations.models import Event, Exchange, Site
from tests.chatbot.conftest import UseModel
from tests.llm_bridge.fake_provider import FakeProvider
from tests.server import Server

UNCOVERED = "do you sell tea towels?"


def test_a_task_that_comes_again_asks_nobody_and_says_nothing(
    server: Server, use_model: UseModel, provider: FakeProvider
) -> None:
    use_model("ok")
    with server.chat() as visitor:
        visitor.ask(UNCOVERED)
        exchange = Exchange.objects.get()
        for _ in range(2):
            tasks.answer_exchange(exchange_id=str(exchange.pk), unheard_of="by this version")
        assert len(provider.completions) == 1
        assert list(Event.objects.values_list("sender", flat=True)) == ["visitor", "bot"]
        assert Exchange.objects.get().attempts == exchange.attempts


def test_a_task_for_an_exchange_that_was_erased_ends_quietly(site: Site) -> None:
    tasks.answer_exchange(exchange_id=str(uuid4()))
    assert not Event.objects.exists()


def test_a_task_that_hangs_is_given_up(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Celery's own limits do not hold on the threads pool."""
    monkeypatch.setattr(tasks, "LIMIT", 0.0)
    with pytest.raises(TimeoutError):
        tasks.sweep()
