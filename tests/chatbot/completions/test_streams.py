"""Streams can only be added to: what they say while an answer is made, replaced, late or left."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from chatbot.conversations.delivery import Subscription, get_hub
from chatbot.conversations.events import LoggedEvent
from chatbot.conversations.models import Event, Exchange, Site
from chatbot.web.completions import asking
from chatbot.web.completions.asking import Answered, Asked, follow
from chatbot.web.completions.replies import Chunks, find_rest
from chatbot.web.rates.allowance import get_allowance
from tests.chatbot.completions.conftest import PATH, assert_failure, build, post
from tests.chatbot.conftest import UseModel
from tests.llm_bridge.fake_modes import ANSWER
from tests.llm_bridge.fake_provider import FakeProvider
from tests.server import Server

pytestmark = pytest.mark.django_db(transaction=True)

UNCOVERED = "do you sell tea towels?"
NOON = datetime.fromisoformat("2026-11-22T12:00:00+00:00")


def build_question(exchange_id: UUID | None = None) -> LoggedEvent:
    return LoggedEvent(
        conversation_id=uuid4(),
        seq=1,
        kind="message",
        sender="visitor",
        text="hi",
        source=None,
        exchange_id=exchange_id or uuid4(),
        client_id=uuid4(),
        extra={},
        at=NOON,
    )


def build_delta(question: LoggedEvent, index: int, text: str) -> dict[str, Any]:
    return {
        "type": "delta",
        "exchange": str(question.exchange_id),
        "index": index,
        "text": text,
    }


def build_settled(question: LoggedEvent) -> dict[str, Any]:
    exchange = str(question.exchange_id)
    return {
        "type": "event",
        "event": {"seq": 2, "kind": "message", "sender": "bot", "exchange": exchange},
    }


async def collect(question: LoggedEvent, *frames: dict[str, Any]) -> list[str]:
    """What is passed on of these frames."""
    subscription = Subscription()
    for frame in frames:
        subscription.offer(frame)
    asked = Asked(question=question, answer=None, site=Site(), subscription=subscription)
    return [piece async for piece in follow(asked)]


def read_events(text: str) -> list[dict[str, Any]]:
    lines = [line.removeprefix("data: ") for line in text.splitlines() if line.startswith("data")]
    assert lines.pop() == "[DONE]"
    return [json.loads(line) for line in lines]


def wait_until(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


async def test_pieces_are_passed_on_in_order_until_the_answer() -> None:
    question = build_question()
    pieces = [build_delta(question, number, text) for number, text in enumerate("abc")]
    assert await collect(question, *pieces, build_settled(question)) == ["a", "b", "c"]


async def test_after_a_lost_piece_the_rest_is_left_to_the_answer() -> None:
    question = build_question()
    pieces = [build_delta(question, number, str(number)) for number in (0, 1, 3, 4)]
    assert await collect(question, *pieces, build_settled(question)) == ["0", "1"]


async def test_a_model_that_begins_anew_is_not_heard_twice() -> None:
    question = build_question()
    pieces = [build_delta(question, number, "x") for number in (0, 1, 0, 1, 2)]
    assert await collect(question, *pieces, build_settled(question)) == ["x", "x"]


async def test_another_questions_pieces_are_not_passed_on() -> None:
    question = build_question()
    foreign = build_delta(build_question(), 0, "not yours")
    assert await collect(question, foreign, build_settled(question)) == []


@pytest.mark.parametrize(
    ("said", "text", "rest", "is_replaced"),
    [
        ("", "All of it.", "All of it.", False),
        ("All of", "All of it.", " it.", False),
        ("All of it.", "All of it.", "", False),
        ("All of it. ", "All of it.", "", False),
        ("All of \n", "All of it.", "it.", False),
        ("All of it. And mo", "All of it.", "", True),
        ("Something", "A person comes.", "\n\nA person comes.", True),
    ],
)
def test_a_stream_ends_with_the_stored_answer(
    said: str, text: str, rest: str, is_replaced: bool
) -> None:
    assert find_rest(said, text) == (rest, is_replaced)


def test_an_answer_that_was_replaced_stands_whole_on_the_last_chunk() -> None:
    chunks = Chunks(model="default", question=build_question(), with_usage=False)
    chunks.build_piece("Refunds are")
    answered = Answered(
        text="A person comes.", source="fallback", exchange_id=uuid4(), conversation_id=uuid4()
    )
    piece, end = chunks.build_end(answered)
    assert piece["choices"][0]["delta"] == {"content": "\n\nA person comes."}
    assert end["firstline"]["text"] == "A person comes."
    assert (end["choices"][0]["delta"], end["choices"][0]["finish_reason"]) == ({}, "stop")


def test_a_model_that_fails_ends_in_the_fallback(
    http: httpx.Client, use_model: UseModel, site: Site
) -> None:
    use_model("error")
    *_, piece, end = read_events(post(http, UNCOVERED, stream=True).text)
    assert piece["choices"][0]["delta"]["content"].endswith(site.away_line)
    assert end["firstline"]["source"] == "fallback"


def test_pieces_arrive_while_the_answer_is_made(http: httpx.Client, use_model: UseModel) -> None:
    use_model("paced")
    with http.stream("POST", PATH, json=build(UNCOVERED, stream=True)) as answer:
        lines = answer.iter_lines()
        text = ""
        while not text:
            line = next(lines).removeprefix("data: ")
            text = line and json.loads(line)["choices"][0]["delta"].get("content", "")
        assert Exchange.objects.get().state == Exchange.State.PENDING
        assert ANSWER.startswith(text)
        assert text != ANSWER


@pytest.mark.parametrize("stream", [True, False])
def test_a_client_that_hangs_up_leaves_nothing_but_its_answer(
    server: Server,
    http: httpx.Client,
    provider: FakeProvider,
    use_model: UseModel,
    stream: bool,
) -> None:
    use_model("paced")
    if stream:
        with http.stream("POST", PATH, json=build(UNCOVERED, stream=True)) as answer:
            next(answer.iter_lines())
    else:
        with pytest.raises(httpx.ReadTimeout):
            http.post(PATH, json=build(UNCOVERED), timeout=0.3)
    wait_until(lambda: Exchange.objects.get().state == Exchange.State.ANSWERED)
    assert Event.objects.get(seq=2).text == ANSWER
    wait_until(lambda: server.call(lambda: not get_hub()._listeners))
    assert server.call(lambda: not get_allowance().sockets._here)


@pytest.mark.parametrize("stream", [True, False])
def test_an_answer_that_takes_too_long_is_named_as_such(
    http: httpx.Client, use_model: UseModel, monkeypatch: pytest.MonkeyPatch, stream: bool
) -> None:
    monkeypatch.setattr(asking, "PATIENCE", 0.2)
    use_model("silent")
    answer = post(http, UNCOVERED, stream=stream)
    body = read_events(answer.text)[-1] if stream else answer.json()
    if not stream:
        assert_failure(answer, 504, "answer_pending")
        assert answer.headers["x-should-retry"] == "false"
    exchange = Exchange.objects.get()
    assert body["error"]["code"] == "answer_pending"
    assert body["firstline"] == {
        "exchange": str(exchange.pk),
        "conversation": str(exchange.conversation_id),
    }


def test_a_late_answer_is_fetched_by_asking_the_same_again(
    http: httpx.Client, use_model: UseModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_model("paced")
    named = {"client_id": str(uuid4())}
    with monkeypatch.context() as impatient:
        impatient.setattr(asking, "PATIENCE", 0.1)
        late = post(http, UNCOVERED, metadata=named).json()
    named["conversation"] = late["firstline"]["conversation"]
    again = post(http, UNCOVERED, metadata=named).json()
    assert again["choices"][0]["message"]["content"] == ANSWER
    assert again["firstline"]["exchange"] == late["firstline"]["exchange"]
    assert Exchange.objects.count() == 1


def test_silence_is_filled_and_a_lost_word_is_read_in_the_log(
    server: Server, http: httpx.Client, use_model: UseModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here nothing at all is told: what is carried between processes may be lost."""
    monkeypatch.setattr(asking, "QUIET", 0.005)
    monkeypatch.setattr(Subscription, "offer", lambda *_: None)
    use_model("ok")
    answer = post(http, UNCOVERED, stream=True)
    assert ": waiting\n\n" in answer.text
    *_, piece, end = read_events(answer.text)
    assert piece["choices"][0]["delta"]["content"] == ANSWER
    assert end["firstline"]["source"] == "llm"
