"""Two web processes, a Celery worker, PostgreSQL and Redis behave like the one process at home."""

from __future__ import annotations

import threading
from typing import Any
from uuid import uuid4

from tests.llm_bridge.fake_modes import ANSWER
from tests.processes import Process, run_manage
from tests.server import Address, Chat
from tests.stack.conftest import READY, Stack

Webs = tuple[Address, Address]
UNCOVERED = "do you sell tea towels?"
REPLY = """
from uuid import UUID
from django.contrib.auth.models import User
from chatbot.conversations import handover
user, _ = User.objects.get_or_create(username="anna", first_name="Anna")
ids = {{"conversation_id": UUID("{id}"), "token": UUID("{token}")}}
handover.reply(user=user, text="Hello from Anna", **ids)
"""


def resume(chat: Chat) -> dict[str, Any]:
    """The hello of the same visitor's second tab."""
    welcome = chat.welcome
    return {"conversation": welcome["conversation"], "token": welcome["token"]}


def read_answer(chat: Chat) -> tuple[list[str], dict[str, Any]]:
    """The deltas until the next event, and that event."""
    deltas = []
    while (frame := chat.read(60))["type"] == "delta":
        deltas.append(frame["text"])
    return deltas, frame["event"]


def test_a_rules_answer_reaches_a_socket_on_the_other_process(webs: Webs) -> None:
    one, two = webs
    with one.chat() as here, two.chat(**resume(here)) as there:
        answer = here.ask("where is my order AB-123456")
        assert answer["source"] == "rule"
        assert [there.read_event()["seq"], there.read_event()] == [1, answer]


def test_feedback_and_messages_of_both_tabs_share_one_numbered_log(webs: Webs) -> None:
    one, two = webs
    with one.chat() as here, two.chat(**resume(here)) as there:
        for chat in (here, there) * 4:
            chat.say("am i gold")
        for chat in (here, there):
            assert [chat.read_event()["seq"] for _ in range(16)] == list(range(1, 17))


def test_a_workers_answer_streams_to_both_processes_and_is_stored_once(
    webs: Webs, base: Stack, worker: Process
) -> None:
    one, two = webs
    with one.chat() as here, two.chat(**resume(here)) as there:
        here.say(UNCOVERED)
        question = here.read_event()
        assert there.read_event() == question
        deltas, answer = read_answer(here)
        assert (deltas, answer) == read_answer(there)
    assert "".join(deltas) == answer["text"] == ANSWER
    assert len(deltas) > 1
    assert (answer["source"], answer["seq"]) == ("llm", 2)


def test_many_conversations_stream_at_once(webs: Webs, worker: Process) -> None:
    one, two = webs
    answers: list[str] = []

    def converse(web: Address) -> None:
        with web.chat() as visitor:
            answers.extend(visitor.ask(UNCOVERED)["text"] for _ in range(2))

    visitors = [threading.Thread(target=converse, args=(web,)) for web in (one, two) * 6]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    assert answers == [ANSWER] * 24


def test_a_colleagues_reply_from_a_third_process_reaches_both(webs: Webs, base: Stack) -> None:
    one, two = webs
    with one.chat() as here, two.chat(**resume(here)) as there:
        here.ask("talk to a person")
        code = REPLY.format(id=here.welcome["conversation"], token=uuid4())
        run_manage("shell", "-c", code, settings=base.settings)
        assert [here.read_event()["status"] for _ in range(2)] == ["queued", "agent"]
        assert here.read_event()["text"] == "Hello from Anna"
        assert [there.read_event()["seq"] for _ in range(5)] == [1, 2, 3, 4, 5]


def test_a_long_poll_on_one_process_wakes_from_the_other(webs: Webs) -> None:
    one, two = webs
    with one.chat() as here, two.http(here.welcome["token"]) as there:
        path = f"/api/v1/conversations/{here.welcome['conversation']}/events"
        found: list[dict[str, Any]] = []

        def poll() -> None:
            found.append(there.get(path, params={"after": 0, "wait": 20}).json())

        polling = threading.Thread(target=poll)
        polling.start()
        polling.join(0.5)
        assert not found
        here.ask("where is my order AB-123456")
        polling.join(15)
    assert found[0]["events"][0]["seq"] == 1


def test_a_person_who_takes_over_on_one_process_ends_the_workers_answer(
    webs: Webs, base: Stack, worker: Process
) -> None:
    base.model.behave("stall")
    one, _ = webs
    with one.chat() as visitor:
        visitor.say(UNCOVERED)
        question = visitor.read_event()
        assert visitor.read(60)["type"] == "delta"
        code = REPLY.format(id=visitor.welcome["conversation"], token=uuid4())
        run_manage("shell", "-c", code, settings=base.settings)
        assert visitor.read_event()["discarded"] == [question["exchange"]]
        assert visitor.read_event()["text"] == "Hello from Anna"
    assert base.model.wait_until_hung_up()


def test_what_a_killed_worker_left_is_answered_exactly_once(
    webs: Webs, base: Stack, worker: Process
) -> None:
    one, _ = webs
    base.model.behave("stall")
    with one.chat() as visitor:
        visitor.say(UNCOVERED)
        question = visitor.read_event()
        assert visitor.read(60)["type"] == "delta"
        worker.kill()
        base.model.behave("ok")
        base.query("UPDATE conversations_exchange SET leased_until = now() WHERE state = 'pending'")
        worker.start()
        worker.wait_for_output(READY)
        with base.beat():  # its first sweep comes within ten seconds
            _, answer = read_answer(visitor)
    assert (answer["exchange"], answer["text"]) == (question["exchange"], ANSWER)
    assert answer["seq"] == 2


def test_a_broker_of_another_kind_serves_as_well(base: Stack, rabbitmq: str) -> None:
    settings = {"CELERY_BROKER_URL": rabbitmq}
    with base.web(**settings) as web, base.worker(**settings), web.chat() as visitor:
        assert visitor.ask(UNCOVERED)["text"] == ANSWER
