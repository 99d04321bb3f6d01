"""Abuse at the real doors: what is too much is refused in words, and others notice nothing."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from pytest_django.fixtures import Settings
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from chatbot.conversations.models import Conversation, Event, Site
from chatbot.web.rates.allowance import Caller, get_allowance
from chatbot.web.rates.table import ERRORS, FRAMES, RATES, SOCKETS, What
from tests.chatbot.test_identity import build_identity
from tests.conftest import make_site
from tests.server import Chat, Server

pytestmark = pytest.mark.django_db(transaction=True)

# Where a window of every length begins, and no run of these tests gets.
LATER = (time.monotonic() // 3600 + 2) * 3600
HERE = "127.0.0.1"
ADA, BOB = "198.51.100.7", "198.51.100.8"
OPEN = "/api/v1/conversations"
QUESTION = "where is my order AB-123456"


@pytest.fixture
def chat(server: Server) -> Iterator[Chat]:
    with server.chat() as chat:
        yield chat


@pytest.fixture
def behind_proxy(settings: Settings) -> None:
    """Whoever connects from this machine is a proxy that is believed."""
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, trusted_proxies=("127.0.0.0/8",))


def freeze(server: Server, *, ahead: float = 0.0) -> None:
    """For the limits no time passes any more, so nothing fades while a test goes on."""
    server.call(lambda: setattr(get_allowance(), "clock", lambda: LATER + ahead))


def spend(server: Server, what: What, *, but: int = 0, **whom: str) -> None:
    """As if almost all that is in order had been done already."""
    freeze(server)
    [per] = whom
    least = min(rate.item.amount for rate in RATES if (rate.what, rate.per) == (what, per))
    server.call(lambda: get_allowance().take(what, Caller(**whom), least - but))


def get_visitor(chat: Chat) -> str:
    return UUID(chat.welcome["conversation"]).hex


def open_by_http(server: Server, **headers: str) -> httpx.Response:
    with server.http(**headers) as http:
        return http.post(OPEN, json={"site": "default"})


def read_close(socket: ClientConnection) -> tuple[int | None, str | None]:
    """Why the server closed, whatever it said before."""
    with suppress(ConnectionClosed):
        while True:
            socket.recv(timeout=10)
    return socket.close_code, socket.close_reason


def read_error(chat: Chat) -> dict[str, Any]:
    while (frame := chat.read())["type"] == "event":
        pass
    assert frame["type"] == "error", frame
    return frame


def assert_served(server: Server) -> None:
    """Somebody else comes and gets an answer."""
    with server.chat() as calm:
        assert calm.ask(QUESTION)["source"] == "rule"


def assert_limited(response: httpx.Response) -> None:
    assert response.status_code == 429, response.text
    assert response.headers["Content-Type"] == "application/problem+json"
    assert int(response.headers["Retry-After"]) >= 1
    problem = response.json()
    assert (problem["status"], problem["title"]) == (429, "Too Many Requests")
    assert "try again in" in problem["detail"]


def test_a_message_too_many_is_refused_and_may_be_sent_again(server: Server, chat: Chat) -> None:
    spend(server, "messages", visitor=get_visitor(chat), but=1)
    chat.ask(QUESTION)
    client_id = chat.say(QUESTION)
    error = read_error(chat)
    assert error["code"] == "rate_limited"
    assert error["client_id"] == client_id
    assert isinstance(error["retry_after"], int)
    assert error["retry_after"] >= 1
    assert "try again in" in error["detail"]
    assert Event.objects.count() == 2
    freeze(server, ahead=error["retry_after"])
    chat.say(QUESTION, client_id)
    assert chat.read_event()["client_id"] == client_id


def test_a_flood_leaves_the_socket_open_and_is_stored_up_to_the_limit(
    server: Server, chat: Chat
) -> None:
    freeze(server)
    chat.ask("talk to a person")  # who is slower to answer a flood
    sent = [chat.say("hello") for _ in range(70)]
    taken: list[str] = []
    refused: list[str] = []
    while len(taken) + len(refused) < len(sent):
        frame = chat.read()
        if frame["type"] == "error":
            assert frame["code"] == "rate_limited"
            refused.append(frame["client_id"])
        elif client_id := frame["event"].get("client_id"):
            taken.append(client_id)
    assert (taken, refused) == (sent[:59], sent[59:])


def test_a_message_sent_twice_costs_nothing_more(server: Server, chat: Chat) -> None:
    spend(server, "messages", visitor=get_visitor(chat), but=2)
    client_id = chat.say(QUESTION)
    question, _answer = chat.read_event(), chat.read_event()
    for _ in range(5):
        chat.say(QUESTION, client_id)
        assert chat.read_event() == question
    chat.ask(QUESTION)
    chat.say(QUESTION)
    assert read_error(chat)["code"] == "rate_limited"


def test_a_thumb_counts_as_a_message(server: Server, chat: Chat) -> None:
    exchange = chat.ask(QUESTION)["exchange"]
    spend(server, "messages", visitor=get_visitor(chat))
    chat.send(type="feedback", exchange=exchange, rating="up")
    assert chat.read()["code"] == "rate_limited"
    with server.http(chat.welcome["token"]) as http:
        path = f"/api/v1/exchanges/{exchange}/feedback"
        assert_limited(http.post(path, json={"rating": "up"}))


def test_a_message_too_many_by_http_is_429_and_not_stored(server: Server) -> None:
    opened = open_by_http(server).json()
    spend(server, "messages", visitor=UUID(opened["id"]).hex, but=1)
    body = {"client_id": str(uuid4()), "text": QUESTION}
    other = {"client_id": str(uuid4()), "text": QUESTION}
    path = f"{OPEN}/{opened['id']}/messages"
    with server.http(opened["token"]) as http:
        assert http.post(path, json=body).status_code == 201
        assert_limited(http.post(path, json=other))
        assert Event.objects.count() == 2
        freeze(server, ahead=20)
        assert http.post(path, json=body).status_code == 200
        assert http.post(path, json=other).status_code == 201


def test_one_visitor_uses_up_nobody_elses_allowance(server: Server, chat: Chat) -> None:
    spend(server, "messages", visitor=get_visitor(chat))
    for _ in range(5):
        chat.say(QUESTION)
        assert chat.read()["code"] == "rate_limited"
    assert_served(server)


def test_an_address_and_a_site_have_limits_of_their_own(server: Server, site: Site) -> None:
    make_site("second")
    with server.chat() as chat, server.chat(site="second") as other:
        spend(server, "messages", site=str(site.pk))
        chat.say(QUESTION)
        assert chat.read()["code"] == "rate_limited"
        other.say(QUESTION)
        assert other.read_event()["sender"] == "visitor"
        spend(server, "messages", address=HERE, but=1)
        other.say(QUESTION)
        assert read_error(other)["code"] == "rate_limited"


def test_too_many_new_conversations_are_refused_at_both_doors(server: Server, chat: Chat) -> None:
    spend(server, "conversations", address=HERE)
    assert_limited(open_by_http(server))
    with server.socket() as socket:
        socket.send(json.dumps({"type": "hello", "site": "default"}))
        code, reason = read_close(socket)
    assert code == 4429
    assert reason
    assert reason.startswith("Too many new conversations")
    assert Conversation.objects.count() == 1
    # Who has one already goes on with it.
    with server.chat(token=chat.welcome["token"]) as again:
        assert again.ask(QUESTION)["source"] == "rule"


def test_a_signed_visitor_is_the_same_one_from_every_address(
    server: Server, site: Site, behind_proxy: None
) -> None:
    spend(server, "conversations", visitor=f"{site.pk}:7", but=1)
    statuses = []
    for number, visitor in enumerate(("7", "7", "8")):
        identity = build_identity(site.identity_secret, id=visitor)
        with server.http(**{"X-Forwarded-For": f"198.51.100.{number}"}) as http:
            response = http.post(OPEN, json={"site": "default", "identity": identity})
        statuses.append(response.status_code)
    assert statuses == [201, 429, 201]


def test_a_forged_identity_uses_up_nobodys_allowance(server: Server, site: Site) -> None:
    spend(server, "conversations", visitor=f"{site.pk}:7", but=1)
    with server.http() as http:
        forged = build_identity("another secret", id="7")
        for _ in range(3):
            body = {"site": "default", "identity": forged}
            assert http.post(OPEN, json=body).status_code == 403
        body["identity"] = build_identity(site.identity_secret, id="7")
        assert http.post(OPEN, json=body).status_code == 201


def test_a_header_that_no_proxy_vouches_for_changes_nothing(server: Server) -> None:
    spend(server, "conversations", address=HERE)
    for number in range(3):
        assert_limited(open_by_http(server, **{"X-Forwarded-For": f"203.0.113.{number}"}))
        with server.socket(**{"X-Forwarded-For": f"203.0.113.{number}"}) as socket:
            socket.send(json.dumps({"type": "hello", "site": "default"}))
            assert read_close(socket)[0] == 4429


@pytest.mark.parametrize(
    ("forwarded", "is_limited"),
    [
        (ADA, True),
        (f"203.0.113.9, {ADA}", True),
        (f"::ffff:{ADA}", True),
        (f"{ADA}, {BOB}", False),
        (f"{ADA}, 127.0.0.1, {BOB}", False),
        (BOB, False),
    ],
)
def test_behind_a_trusted_proxy_its_visitor_counts_and_no_invented_one(
    server: Server, behind_proxy: None, forwarded: str, is_limited: bool
) -> None:
    spend(server, "conversations", address=ADA)
    response = open_by_http(server, **{"X-Forwarded-For": forwarded})
    assert response.status_code == (429 if is_limited else 201)
    with server.socket(**{"X-Forwarded-For": forwarded}) as socket:
        socket.send(json.dumps({"type": "hello", "site": "default"}))
        if is_limited:
            assert read_close(socket)[0] == 4429
        else:
            assert json.loads(socket.recv(timeout=10))["type"] == "welcome"


def test_a_household_with_a_whole_network_is_one_address(
    server: Server, behind_proxy: None
) -> None:
    spend(server, "conversations", address="2001:db8:1:2::/64")
    for address in ("2001:db8:1:2::1", "2001:db8:1:2:ffff::7"):
        assert_limited(open_by_http(server, **{"X-Forwarded-For": address}))
    assert open_by_http(server, **{"X-Forwarded-For": "2001:db8:1:3::1"}).status_code == 201


def test_calls_are_counted_before_anything_is_looked_up(server: Server) -> None:
    spend(server, "calls", address=HERE)
    assert_limited(open_by_http(server))
    with server.http("no token at all") as http:
        assert_limited(http.get(f"{OPEN}/{uuid4()}/events"))
        assert http.get("/healthz").status_code == 200
    with server.socket() as socket:
        assert read_close(socket)[0] == 4429


def test_a_visitors_calls_have_a_limit_too(server: Server) -> None:
    opened = open_by_http(server).json()
    spend(server, "calls", visitor=UUID(opened["id"]).hex, but=1)
    with server.http(opened["token"]) as http:
        path = f"{OPEN}/{opened['id']}/events"
        assert http.get(path).status_code == 200
        assert_limited(http.get(path))


def test_a_hello_said_again_and_again_counts_each_time(server: Server) -> None:
    with server.socket() as socket:
        spend(server, "calls", address=HERE, but=3)
        for _ in range(5):
            socket.send(json.dumps({"type": "hello", "site": "default", "claimed": {"a.b": 1}}))
        assert read_close(socket)[0] == 4429


def test_bytes_are_counted_at_both_doors(server: Server, chat: Chat) -> None:
    spend(server, "bytes", address=HERE, but=100_000)
    with server.http() as http:
        large = {"site": "default", "padding": "x" * 200_000}
        assert_limited(http.post(OPEN, json=large))
        assert http.post(OPEN, json={"site": "default"}).status_code == 201
    for _ in range(3):
        chat.send(type="ping", padding="x" * 60_000)
    code, reason = read_close(chat.socket)
    assert code == 4429
    assert reason
    assert reason.startswith("Too much data")


def test_a_visitor_with_too_many_open_sockets_gets_no_more_until_one_closes(
    server: Server, chat: Chat
) -> None:
    known = {"token": chat.welcome["token"]}
    with ExitStack() as opened:
        for _ in range(SOCKETS["visitor"] - 1):
            opened.enter_context(server.chat(**known))
        with server.socket() as socket:
            socket.send(json.dumps({"type": "hello", "site": "default", **known}))
            code, reason = read_close(socket)
            assert (code, reason) == (4429, "Too many chats are open at once: close some.")
        assert chat.ask(QUESTION)["source"] == "rule"
    with server.chat(**known) as again:
        assert again.welcome["type"] == "welcome"


def test_an_address_with_too_many_open_sockets_is_told_so_at_once(server: Server) -> None:
    many = [("address", HERE)] * SOCKETS["address"]
    server.call(lambda: get_allowance().sockets.open(many))  # type: ignore[arg-type]
    with server.socket() as socket:
        assert read_close(socket)[0] == 4429
    assert open_by_http(server).status_code == 201


def test_a_flood_of_frames_ends_the_socket_and_no_other(server: Server, chat: Chat) -> None:
    freeze(server)
    with server.chat() as flood:
        for _ in range(FRAMES + 50):
            flood.socket.send('{"type":"ping"}')
        for _ in range(FRAMES - 1):  # hello was one, too
            assert flood.read() == {"type": "pong"}
        assert read_close(flood.socket) == (4429, "Too many frames: connect again in a moment.")
    assert chat.ask(QUESTION)["source"] == "rule"


def test_a_flood_of_garbage_is_answered_slower_and_slower_while_others_are_served(
    server: Server,
) -> None:
    freeze(server)
    with server.chat() as flood:
        for number in range(900):
            flood.socket.send(("nonsense", b"\xff", '{"type":"?"}', "[]")[number % 4])
        assert_served(server)
        for _ in range(ERRORS):
            assert flood.read()["code"] == "bad_frame"
        assert_served(server)
        with pytest.raises(TimeoutError):
            read_all(flood)
        flood.socket.close_timeout = 0.1  # what it still sends is not read for a while


def read_all(chat: Chat) -> None:
    """As long as something comes every moment."""
    for _ in range(600):
        chat.read(timeout=0.2)


def test_switched_off_nothing_is_too_much(server: Server, settings: Settings, site: Site) -> None:
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, rate_limits=False)
    for rate in RATES:
        everybody: Any = {rate.per: {"site": str(site.pk), "address": HERE}.get(rate.per, "x")}
        spend(server, rate.what, **everybody)
    with server.chat() as chat:
        for _ in range(FRAMES + 50):
            chat.send(type="ping")
            assert chat.read() == {"type": "pong"}
        assert chat.ask(QUESTION)["source"] == "rule"
    assert open_by_http(server).status_code == 201
