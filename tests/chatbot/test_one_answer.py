"""One question, one answer: whatever comes at once, in whatever order, and however often."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from django.contrib.auth.models import User
from django.test import override_settings
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chatbot.config.celery import app as celery
from chatbot.conversations import escalation, handover, log, turn
from chatbot.conversations.events import Draft, LoggedEvent
from chatbot.conversations.messages import VisitorFeedback, VisitorMessage
from chatbot.conversations.models import Event, Exchange, Sender, Site, Source
from llm_bridge.models import Article
from tests.chatbot.invariants import check_log
from tests.conftest import RULEBOOK, TAKING_TURNS, publish
from tests.server import Server

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 16
BY_RULE = "where is my order AB-123456"
BY_TURNS = "am i gold"
BY_ARTICLE = "how do I descale a kettle?"
THINGS = ("kettle", "toaster", "grinder", "teapot", "blender", "mixer", "oven", "scale")


@pytest.fixture
def world(site: Site, article: Article, agent: User) -> World:
    return World(site, agent)


def open_conversation(http: httpx.Client) -> str:
    opened = http.post("/api/v1/conversations", json={"site": "default"}).json()
    http.headers["Authorization"] = f"Bearer {opened['token']}"
    conversation_id: str = opened["id"]
    return conversation_id


def send_at_once(server: Server, messages: list[dict[str, str]]) -> tuple[str, list[Any]]:
    """All messages from threads of their own, each waiting for its answer."""
    with server.http() as http, ThreadPoolExecutor(AT_ONCE) as threads:
        conversation_id = open_conversation(http)
        path = f"/api/v1/conversations/{conversation_id}/messages?wait=25"
        sending = [threads.submit(http.post, path, json=message) for message in messages]
        return conversation_id, [future.result() for future in sending]


def test_messages_sent_at_once_each_get_their_own_answer(server: Server, site: Site) -> None:
    publish(site, RULEBOOK + TAKING_TURNS)
    for thing in THINGS:
        body = f"Wipe your {thing} with warm water."
        title = f"Cleaning a {thing}"
        Article.objects.create(base=site.knowledge, title=title, slug=thing, body=body)
    texts = [text for thing in THINGS for text in (BY_TURNS, f"how do I clean my {thing}?")]
    messages = [{"client_id": str(uuid4()), "text": text} for text in texts]
    conversation_id, responses = send_at_once(server, messages)
    assert [response.status_code for response in responses] == [201] * AT_ONCE
    for message, response in zip(messages, responses, strict=True):
        event, answer = response.json()["event"], response.json()["answer"]
        assert event["client_id"] == message["client_id"]
        assert answer["exchange"] == event["exchange"]
        about = message["text"].removesuffix("?").split()[-1]
        assert f"your {about}" in answer["text"] or answer["source"] == "rule"
    sources = [response.json()["answer"]["source"] for response in responses]
    assert sources == ["rule", "knowledge"] * (AT_ONCE // 2)
    assert len(check_log(conversation_id)) == 2 * AT_ONCE


def test_one_message_sent_many_times_at_once_is_stored_and_answered_once(
    server: Server, article: Article
) -> None:
    message = {"client_id": str(uuid4()), "text": BY_ARTICLE}
    conversation_id, responses = send_at_once(server, [message] * AT_ONCE)
    assert sorted(response.status_code for response in responses) == [200] * (AT_ONCE - 1) + [201]
    assert len({response.text for response in responses}) == 1
    assert [event.sender for event in check_log(conversation_id)] == [Sender.VISITOR, Sender.BOT]


def test_the_bot_is_silent_whenever_a_person_steps_in(
    server: Server, site: Site, agent: User
) -> None:
    publish(site, RULEBOOK + TAKING_TURNS)
    with server.http() as http, ThreadPoolExecutor(8) as threads:
        conversation_id = open_conversation(http)
        path = f"/api/v1/conversations/{conversation_id}/messages"
        messages = [{"client_id": str(uuid4()), "text": BY_TURNS} for _ in range(40)]
        sending = [threads.submit(http.post, path, json=message) for message in messages]
        for future in sending[::2]:
            future.result()
            handover.claim(conversation_id=UUID(conversation_id), user=agent)
            handover.hand_back(conversation_id=UUID(conversation_id), user=agent)
    assert {future.result().status_code for future in sending} <= {201, 503}
    check_log(conversation_id)


class World:
    """One conversation with everybody who may act on it, one act after the other."""

    def __init__(self, site: Site, agent: User) -> None:
        now = timezone.now()
        conversation = log.open_conversation(
            site=site, now=now, language="", verified={}, claimed={}
        )
        self.id: UUID = conversation.pk
        self.agent = agent
        self.sent: list[VisitorMessage] = []
        self.thinking: list[UUID] = []

    def say(self, text: str) -> None:
        self._send(VisitorMessage(client_id=uuid4(), text=text))

    def repeat(self, number: int) -> None:
        if self.sent:
            self._send(self.sent[number % len(self.sent)])

    def _send(self, message: VisitorMessage) -> None:
        self.sent.append(message)
        with suppress(log.Closed):
            asyncio.run(self._take(message))

    async def _take(self, message: VisitorMessage) -> None:
        try:
            await turn.take_message(conversation_id=self.id, message=message)
        finally:
            await log.close_batches()

    def answer(self, number: int) -> None:
        """A worker gets to one of the exchanges, perhaps not for the first time."""
        exchanges = list(self._exchanges().values_list("pk", flat=True))
        if exchanges:
            self._exchanges().update(leased_until=timezone.now() - timedelta(seconds=1))
            asyncio.run(escalation.answer(exchanges[number % len(exchanges)]))

    def start(self, number: int) -> None:
        """A worker takes an exchange and thinks about it for as long as it likes."""
        exchanges = list(self._exchanges().values_list("pk", flat=True))
        if exchanges:
            exchange_id = exchanges[number % len(exchanges)]
            if log.claim_exchange(exchange_id=exchange_id, now=timezone.now()):
                self.thinking.append(exchange_id)

    def finish(self, number: int) -> None:
        """A worker comes with its answer, whatever happened since, and perhaps once more."""
        if self.thinking:
            exchange_id = self.thinking[number % len(self.thinking)]
            draft = Draft(
                sender=Sender.BOT, text="At last!", source=Source.LLM, exchange_id=exchange_id
            )
            answer = log.Answer(draft=draft)
            log.record_answer(exchange_id=exchange_id, answer=answer, now=timezone.now())

    def rate(self, number: int) -> None:
        exchanges = list(self._exchanges().values_list("pk", flat=True))
        if exchanges:
            feedback = VisitorFeedback(
                exchange_id=exchanges[number % len(exchanges)], rating="up", comment=""
            )
            log.record_feedback(conversation_id=self.id, feedback=feedback, now=timezone.now())

    def act(self, verb: Callable[..., list[LoggedEvent]], **more: Any) -> None:
        with suppress(handover.Refused):
            verb(conversation_id=self.id, user=self.agent, **more)

    def _exchanges(self) -> Any:
        return Exchange.objects.filter(conversation_id=self.id).order_by("question_seq")


TEXTS = (BY_RULE, BY_ARTICLE, "do you sell bicycles?", "gift idea", "this is a scandal", "goodbye")
NUMBERS = st.integers(0, 9)
ACTS = st.one_of(
    *[st.sampled_from([lambda world, text=text: world.say(text) for text in TEXTS])] * 3,
    NUMBERS.map(lambda number: lambda world: world.repeat(number)),
    NUMBERS.map(lambda number: lambda world: world.answer(number)),
    NUMBERS.map(lambda number: lambda world: world.start(number)),
    NUMBERS.map(lambda number: lambda world: world.finish(number)),
    NUMBERS.map(lambda number: lambda world: world.rate(number)),
    st.sampled_from(
        [
            lambda world: world.act(handover.claim),
            lambda world: world.act(handover.reply, text="Hello, Anna here.", token=uuid4()),
            lambda world: world.act(handover.hand_back),
            lambda world: world.act(handover.close),
        ]
    ),
)


@pytest.fixture
def _no_worker() -> Iterator[None]:
    """A broker that keeps what it gets: exchanges stay pending until a test answers them."""
    before, celery.conf.broker_url = celery.conf.broker_url, "memory://"
    with override_settings(CELERY_BROKER_URL="memory://"):
        yield
    celery.conf.broker_url = before


@pytest.mark.usefixtures("_no_worker")
def test_an_answer_that_comes_twice_is_stored_once(world: World) -> None:
    world.say(BY_ARTICLE)
    world.start(0)
    world.finish(0)
    world.finish(0)
    world.answer(0)
    assert [event.text for event in check_log(world.id)][1:] == ["At last!"]


@pytest.mark.usefixtures("_no_worker")
def test_an_answer_that_comes_after_a_takeover_is_not_said(world: World) -> None:
    world.say(BY_ARTICLE)
    world.start(0)
    world.act(handover.claim)
    world.finish(0)
    world.act(handover.hand_back)
    world.finish(0)
    world.answer(0)
    events = check_log(world.id)
    assert [event.kind for event in events] == ["message", "status", "status"]
    assert events[1].extra["discarded"] == [str(events[0].exchange_id)]


@pytest.mark.usefixtures("_no_worker")
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(acts=st.lists(ACTS, min_size=8, max_size=20))
def test_every_order_of_acts_leaves_a_log_that_keeps_its_promises(
    site: Site, article: Article, agent: User, acts: list[Callable[[World], None]]
) -> None:
    world = World(site, agent)
    for act in acts:
        act(world)
        check_log(world.id)
    client_ids = {message.client_id for message in world.sent}
    mine = Event.objects.filter(conversation_id=world.id, sender=Sender.VISITOR)
    stored = mine.exclude(client_id=None)
    assert {event.client_id for event in stored} <= client_ids
