"""The WebSocket as INTERFACE promises it: hello, catching up, acknowledgements, errors, closes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from socket import create_connection
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from chatbot.conversations import log
from chatbot.conversations.events import Draft
from chatbot.conversations.models import Conversation, Event, Exchange, Sender, Site
from chatbot.conversations.tokens import build_token
from tests.conftest import make_site
from tests.server import Chat, Server

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def chat(server: Server) -> Iterator[Chat]:
    with server.chat() as chat:
        yield chat


def read_close_code(socket: ClientConnection) -> int:
    with pytest.raises(ConnectionClosed):
        socket.recv(timeout=10)
    assert socket.close_code is not None
    return socket.close_code


def refuse(server: Server, *, origin: str | None = None, **hello: Any) -> int:
    """The code with which the server closes on this hello."""
    with server.socket(origin=origin) as socket:
        socket.send(json.dumps({"type": "hello", "site": "default", **hello}))
        return read_close_code(socket)


def read_error(chat: Chat) -> dict[str, Any]:
    frame = chat.read()
    assert frame["type"] == "error", frame
    assert isinstance(frame["detail"], str)
    return frame


def assert_alive(chat: Chat) -> None:
    chat.send(type="ping")
    assert chat.read() == {"type": "pong"}


def read_question(chat: Chat, client_id: str) -> dict[str, Any]:
    """The stored message with this id, whatever is told before it."""
    while (event := chat.read_event()).get("client_id") != client_id:
        pass
    return event


def resume(server: Server, chat: Chat, **more: Any) -> Any:
    return server.chat(
        conversation=chat.welcome["conversation"], token=chat.welcome["token"], **more
    )


def fill(conversation_id: str, count: int) -> None:
    """So many system messages in the log, as if they had been said."""
    drafts = [Draft(sender=Sender.SYSTEM, text=f"line {number}") for number in range(count)]
    with log.changing(UUID(conversation_id)) as conversation:
        log.append(conversation=conversation, drafts=drafts, now=timezone.now())


def test_the_first_answer_is_a_welcome(chat: Chat) -> None:
    assert set(chat.welcome) == {"type", "conversation", "token", "last_seq", "status"}
    assert chat.welcome["type"] == "welcome"
    assert UUID(chat.welcome["conversation"])
    assert chat.welcome["last_seq"] == 0
    assert chat.welcome["status"] == "bot"


def test_a_message_is_acknowledged_by_its_event_and_then_answered(chat: Chat) -> None:
    client_id = chat.say("Where is my order AB-123456?")
    question, answer = chat.read_event(), chat.read_event()
    assert question["client_id"] == client_id
    assert (question["seq"], question["sender"], question["source"]) == (1, "visitor", None)
    assert (answer["seq"], answer["sender"], answer["source"]) == (2, "bot", "rule")
    assert answer["exchange"] == question["exchange"]
    assert answer["text"] == "Order AB-123456 is on its way."
    assert answer["options"] == ["Talk to a person"]
    assert "client_id" not in answer


def test_the_same_client_id_again_stores_nothing_and_sends_the_stored_event(chat: Chat) -> None:
    client_id = chat.say("Where is my order AB-123456?")
    question, _answer = chat.read_event(), chat.read_event()
    for text in ("Where is my order AB-123456?", "something else"):
        chat.say(text, client_id)
        assert chat.read_event() == question
    assert_alive(chat)
    assert Event.objects.count() == 2


def test_a_repeat_after_the_end_is_acknowledged_too(chat: Chat) -> None:
    client_id = chat.say("goodbye")
    question, _answer, _closed = chat.read_event(), chat.read_event(), chat.read_event()
    chat.say("goodbye", client_id)
    assert chat.read_event() == question


def test_so_is_one_that_comes_with_the_next_connection(server: Server, chat: Chat) -> None:
    client_id = chat.say("goodbye")
    question, _answer, _closed = chat.read_event(), chat.read_event(), chat.read_event()
    with resume(server, chat, after=3) as again:
        again.say("goodbye", client_id)
        assert again.read_event() == question
    assert Event.objects.count() == 3


def test_a_client_id_written_otherwise_is_the_same_id(chat: Chat) -> None:
    client_id = str(uuid4())
    chat.say("hello there, goodbye", client_id)
    question = chat.read_event()
    chat.read_event()
    chat.read_event()
    chat.say("again", client_id.upper())
    assert chat.read_event() == question


def test_after_tells_which_events_are_known_already(server: Server, chat: Chat) -> None:
    chat.ask("where is my parcel?")
    with resume(server, chat, after=1) as again:
        assert again.welcome["last_seq"] == 2
        assert again.read_event()["seq"] == 2
        assert_alive(again)


def test_catching_up_goes_on_beyond_one_page(server: Server, chat: Chat) -> None:
    fill(chat.welcome["conversation"], 450)
    with resume(server, chat, after=3) as again:
        assert [again.read_event()["seq"] for _ in range(447)] == list(range(4, 451))
        assert_alive(again)


def test_an_after_that_is_no_number_shows_everything(server: Server, chat: Chat) -> None:
    chat.ask("where is my parcel?")
    for after in (None, -5, "3", 1.5, True, [1], {"a": 1}):
        with resume(server, chat, after=after) as again:
            assert [again.read_event()["seq"], again.read_event()["seq"]] == [1, 2], after


def test_an_after_beyond_the_log_hides_nothing_new(server: Server) -> None:
    for after in (7, 2**31 - 1, 2**31, 2**53, 2**64):
        with server.chat(after=after) as chat:
            assert chat.ask("where is my parcel?")["seq"] == 2, after


def test_two_sockets_of_one_visitor_both_get_everything(server: Server, chat: Chat) -> None:
    with resume(server, chat) as other:
        chat.say("where is my parcel?")
        here = [chat.read_event(), chat.read_event()]
        other.say("AB-123456")
        here += [chat.read_event(), chat.read_event()]
        there = [other.read_event() for _ in range(4)]
    assert here == there
    assert [event["seq"] for event in here] == [1, 2, 3, 4]


def test_a_token_opens_its_conversation_again(server: Server, chat: Chat) -> None:
    with resume(server, chat) as again:
        assert again.welcome["conversation"] == chat.welcome["conversation"]
        assert again.welcome["last_seq"] == 0


def test_a_token_alone_names_its_conversation(server: Server, chat: Chat) -> None:
    with server.chat(token=chat.welcome["token"]) as again:
        assert again.welcome["conversation"] == chat.welcome["conversation"]


def test_a_renewed_token_leaves_the_old_one_valid(server: Server, chat: Chat) -> None:
    with resume(server, chat) as again, resume(server, again) as third:
        assert third.welcome["conversation"] == chat.welcome["conversation"]
    with resume(server, chat) as old:
        assert old.welcome["conversation"] == chat.welcome["conversation"]


def test_a_token_for_another_conversation_is_refused(server: Server, chat: Chat) -> None:
    with server.chat() as other:
        conversation = other.welcome["conversation"]
    assert refuse(server, conversation=conversation, token=chat.welcome["token"]) == 4401


def test_a_token_for_another_site_is_refused(server: Server, chat: Chat) -> None:
    make_site("second")
    assert refuse(server, site="second", token=chat.welcome["token"]) == 4401


def test_a_token_that_is_none_is_refused(server: Server) -> None:
    tokens: list[Any] = ["", "x", "a.b.c", "\x00", "\ud800", "é" * 9_000, 1, True, [], {"a": [1]}]
    for token in tokens:
        assert refuse(server, token=token) == 4401, token


def test_a_conversation_id_that_is_none_is_refused(server: Server, chat: Chat) -> None:
    for conversation in ("", "x", 7, True, ["a"], {"a": 1}):
        assert refuse(server, conversation=conversation, token=chat.welcome["token"]) == 4401


def test_a_conversation_without_its_token_is_refused(server: Server, chat: Chat) -> None:
    assert refuse(server, conversation=chat.welcome["conversation"]) == 4401


def test_a_token_changed_by_one_character_is_refused(server: Server, chat: Chat) -> None:
    token = chat.welcome["token"]
    assert refuse(server, token=token[:-2] + ("A" if token[-2] != "A" else "B") + token[-1]) == 4401


def test_a_token_for_a_conversation_that_never_was_is_refused(server: Server) -> None:
    assert refuse(server, token=build_token(uuid4())) == 4401


def test_a_token_lives_for_30_days_from_its_last_use(server: Server, chat: Chat) -> None:
    rows = Conversation.objects.filter(pk=chat.welcome["conversation"])
    rows.update(seen_at=timezone.now() - timedelta(days=29, hours=23))
    with resume(server, chat):
        pass
    assert timezone.now() - rows.get().seen_at < timedelta(minutes=5)
    rows.update(seen_at=timezone.now() - timedelta(days=30, minutes=1))
    assert refuse(server, token=chat.welcome["token"]) == 4401
    assert refuse(server, token=chat.welcome["token"]) == 4401


def test_an_unknown_site_is_refused(server: Server) -> None:
    sites: list[Any] = ["nobody", "", "\x00", "\ud800", "a" * 9_000, 5, None, [], {}]
    for site in sites:
        assert refuse(server, site=site) == 4404, site


def test_a_foreign_origin_is_refused(server: Server) -> None:
    port = server.port
    for origin in (
        "https://evil.example",
        "null",
        "http://127.0.0.1",
        f"http://127.0.0.1.evil.example:{port}",
        f"http://127.0.0.1:{port}@evil.example",
    ):
        assert refuse(server, origin=origin) == 4403, origin


def test_an_origin_listed_for_one_site_is_foreign_to_another(server: Server, site: Site) -> None:
    make_site("second", origins=["https://shop.example"])
    shop = "https://shop.example"
    assert refuse(server, origin=shop) == 4403
    with server.chat(site="second", origin=shop) as chat:
        token = chat.welcome["token"]
    assert refuse(server, origin=shop, token=token) == 4403
    assert refuse(server, origin="https://evil.example", site="second", token=token) == 4403


def test_a_foreign_name_for_this_machine_is_no_origin_of_ours(server: Server) -> None:
    with connect(
        f"ws://evil.example:{server.port}/ws/chat/",
        sock=create_connection(("127.0.0.1", server.port)),
        origin=Origin(f"http://evil.example:{server.port}"),
    ) as socket:
        socket.send(json.dumps({"type": "hello", "site": "default"}))
        assert read_close_code(socket) == 4403


def test_the_servers_own_origin_is_welcome(server: Server) -> None:
    with server.chat(origin=server.url) as chat:
        assert chat.welcome["type"] == "welcome"


def test_a_listed_origin_is_welcome(server: Server, site: Site) -> None:
    Site.objects.filter(pk=site.pk).update(origins=["https://shop.example"])
    with server.chat(origin="https://shop.example") as chat:
        assert chat.welcome["type"] == "welcome"


def test_the_first_frame_is_hello(server: Server) -> None:
    with server.socket() as socket:
        socket.send(json.dumps({"type": "message", "client_id": str(uuid4()), "text": "hi"}))
        assert json.loads(socket.recv(timeout=10))["code"] == "bad_frame"
        assert Chat(socket, {"site": "default"}).welcome["type"] == "welcome"
    assert not Event.objects.exists()


def test_a_hello_with_bad_claims_may_be_said_again(server: Server) -> None:
    with server.socket() as socket:
        socket.send(json.dumps({"type": "hello", "site": "default", "claimed": {"a.b": 1}}))
        assert json.loads(socket.recv(timeout=10))["code"] == "bad_frame"
        assert Chat(socket, {"site": "default"}).welcome["type"] == "welcome"


DEEP = '{"type":"message","text":' + "[" * 20_000 + "]" * 20_000 + "}"


BAD_FRAMES: tuple[str | bytes, ...] = (
    b'{"type":"ping"}',
    "",
    "nonsense",
    "{",
    "[]",
    '["type"]',
    "7",
    "null",
    '"ping"',
    "{}",
    '{"type":null}',
    '{"type":["ping"]}',
    '{"type":{"a":1}}',
    '{"type":"unheard"}',
    '{"type":"hello","site":"default"}',
    '{"type":"message"}',
    '{"type":"message","text":"hi"}',
    '{"type":"message","text":"hi","client_id":"x"}',
    '{"type":"message","text":"hi","client_id":7}',
    '{"type":"message","text":"hi","client_id":["a"]}',
    '{"type":"message","text":"hi","client_id":"\\ud800"}',
    '{"type":"message","text":7,"client_id":"0198b3f4-7f3e-7d70-9c57-2f3a4b5c6d7e"}',
    '{"type":"message","text":"","client_id":"0198b3f4-7f3e-7d70-9c57-2f3a4b5c6d7e"}',
    '{"type":"message","text":" \\n","client_id":"0198b3f4-7f3e-7d70-9c57-2f3a4b5c6d7e"}',
    '{"type":"message","text":NaN,"client_id":"0198b3f4-7f3e-7d70-9c57-2f3a4b5c6d7e"}',
    '{"type":"feedback"}',
    '{"type":"feedback","exchange":"x","rating":"up"}',
    '{"type":"feedback","exchange":["x"],"rating":"up"}',
    '{"type":"feedback","exchange":"0198b3f4-7f3e-7d70-9c57-2f3a4b5c6d7e","rating":["up"]}',
    '{"type":"feedback","exchange":"0198b3f4-7f3e-7d70-9c57-2f3a4b5c6d7e","rating":"best"}',
    '{"type":"feedback","exchange":"0198b3f4-7f3e-7d70-9c57-2f3a4b5c6d7e","rating":"up",'
    '"comment":7}',
    DEEP,
)


def test_a_bad_frame_is_said_to_be_one_and_the_socket_stays_open(chat: Chat) -> None:
    for frame in BAD_FRAMES:
        chat.socket.send(frame)
        assert read_error(chat)["code"] == "bad_frame", frame
        assert_alive(chat)
    assert not Event.objects.exists()


def test_a_frame_of_100_kilobytes_is_too_long(chat: Chat) -> None:
    chat.send(type="message", client_id=str(uuid4()), text="x" * 100_000)
    assert read_error(chat)["code"] == "too_long"
    assert_alive(chat)


def test_2001_characters_are_too_long_and_the_error_names_the_message(chat: Chat) -> None:
    client_id = chat.say("x" * 2_001)
    error = read_error(chat)
    assert (error["code"], error["client_id"]) == ("too_long", client_id)
    assert_alive(chat)


def test_a_bad_message_is_named_in_its_error(chat: Chat) -> None:
    client_id = chat.say("")
    assert read_error(chat)["client_id"] == client_id


def test_2000_characters_are_a_message(chat: Chat) -> None:
    for text in ("x" * 2_000, "🫖" * 2_000):
        client_id = chat.say(text)
        assert read_question(chat, client_id)["text"] == text


def test_what_cannot_be_stored_is_replaced_and_the_message_arrives(chat: Chat) -> None:
    for text in ("a\x00b", "a\ud800b", "a\udfffb"):
        client_id = chat.say(text)
        assert read_question(chat, client_id)["text"] == "a\ufffdb"


def test_typing_is_taken_silently(chat: Chat) -> None:
    chat.send(type="typing")
    assert_alive(chat)


def test_a_closed_conversation_takes_no_more_messages(chat: Chat) -> None:
    chat.say("goodbye")
    assert [chat.read_event()["kind"] for _ in range(3)] == ["message", "message", "status"]
    client_id = chat.say("wait")
    error = read_error(chat)
    assert (error["code"], error["client_id"]) == ("closed", client_id)
    assert_alive(chat)


def test_a_thumb_is_stored_and_may_change(server: Server, chat: Chat) -> None:
    exchange = chat.ask("where is my parcel?")["exchange"]
    for rating in ("up", "down", "down"):
        chat.send(type="feedback", exchange=exchange, rating=rating, comment="so so")
        event = chat.read_event()
        assert (event["kind"], event["sender"], event["rating"]) == ("feedback", "visitor", rating)
        assert (event["exchange"], event["text"]) == (exchange, "so so")
    assert Exchange.objects.get(pk=exchange).feedback.rating == "down"
    assert [event.seq for event in Event.objects.all()] == [1, 2, 3, 4, 5]


def test_a_comment_of_1001_characters_is_too_long(chat: Chat) -> None:
    exchange = chat.ask("where is my parcel?")["exchange"]
    chat.send(type="feedback", exchange=exchange, rating="up", comment="x" * 1_001)
    assert read_error(chat)["code"] == "too_long"


def test_a_thumb_on_anothers_exchange_is_forbidden(server: Server, chat: Chat) -> None:
    with server.chat() as other:
        foreign = other.ask("where is my parcel?")["exchange"]
    for exchange in (foreign, str(uuid4())):
        chat.send(type="feedback", exchange=exchange, rating="up")
        assert read_error(chat)["code"] == "forbidden"
    assert_alive(chat)
