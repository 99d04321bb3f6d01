"""The HTTP API as INTERFACE promises it: every call, every error as RFC 9457, and its schema."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from django.utils import timezone

from chatbot.conversations import log
from chatbot.conversations.events import Draft
from chatbot.conversations.models import Event, Exchange, Sender, Site
from tests.conftest import make_site
from tests.server import Server

pytestmark = pytest.mark.django_db(transaction=True)


class Visitor:
    """A client without a socket, in a conversation of its own."""

    def __init__(self, server: Server) -> None:
        with server.http() as http:
            self.opened = http.post("/api/v1/conversations", json={"site": "default"}).json()
        self.id = self.opened["id"]
        self.http = server.http(self.opened["token"])

    def send(
        self, text: Any, client_id: Any = None, wait: Any = None, **more: Any
    ) -> httpx.Response:
        return self.http.post(
            f"/api/v1/conversations/{self.id}/messages",
            json={"client_id": client_id or str(uuid4()), "text": text, **more},
            params=None if wait is None else {"wait": wait},
        )

    def read(self, **params: Any) -> httpx.Response:
        return self.http.get(f"/api/v1/conversations/{self.id}/events", params=params)

    def rate(self, exchange: Any, rating: Any, **more: Any) -> httpx.Response:
        return self.http.post(
            f"/api/v1/exchanges/{exchange}/feedback", json={"rating": rating, **more}
        )


@pytest.fixture
def visitor(server: Server) -> Iterator[Visitor]:
    visitor = Visitor(server)
    with visitor.http:
        yield visitor


@pytest.fixture
def stranger(server: Server) -> Iterator[Visitor]:
    visitor = Visitor(server)
    with visitor.http:
        yield visitor


def assert_problem(response: httpx.Response, status: int) -> dict[str, Any]:
    """An RFC 9457 document that gives nothing of the inside away."""
    assert response.status_code == status, response.text
    assert response.headers["Content-Type"] == "application/problem+json"
    problem: dict[str, Any] = response.json()
    assert {"type", "title", "status", "detail"} <= set(problem)
    assert problem["status"] == status
    for inside in ("Traceback", "site-packages", ".py", "SELECT", "Exception"):
        assert inside not in response.text
    return problem


def test_a_conversation_is_opened(visitor: Visitor) -> None:
    assert set(visitor.opened) == {"id", "token", "last_seq", "status"}
    assert UUID(visitor.opened["id"])
    assert (visitor.opened["last_seq"], visitor.opened["status"]) == (0, "bot")


def test_a_message_brings_its_event_and_the_rules_answer(visitor: Visitor) -> None:
    client_id = str(uuid4())
    response = visitor.send("where is my order AB-123456", client_id)
    assert response.status_code == 201
    body = response.json()
    assert set(body) == {"event", "answer"}
    assert body["event"]["client_id"] == client_id
    assert body["answer"]["text"] == "Order AB-123456 is on its way."
    assert body["answer"]["exchange"] == body["event"]["exchange"]
    assert visitor.read().json()["events"] == [body["event"], body["answer"]]


def test_a_message_sent_again_brings_what_is_stored(visitor: Visitor) -> None:
    client_id = str(uuid4())
    first = visitor.send("where is my order AB-123456", client_id)
    for text in ("where is my order AB-123456", "something else"):
        again = visitor.send(text, client_id)
        assert again.status_code == 200
        assert again.json() == first.json()
    assert Event.objects.count() == 2


def test_a_message_waits_for_an_answer_that_rules_leave_to_others(visitor: Visitor) -> None:
    body = visitor.send("do you sell bicycles?", wait=25).json()
    assert body["answer"]["source"] == "fallback"
    assert body["answer"]["exchange"] == body["event"]["exchange"]
    again = visitor.send("do you sell bicycles?", body["event"]["client_id"])
    assert (again.status_code, again.json()) == (200, body)


def test_the_same_client_id_through_socket_and_http_stores_once(server: Server) -> None:
    with server.chat() as chat:
        client_id = chat.say("where is my order AB-123456")
        question, answer = chat.read_event(), chat.read_event()
        with server.http(chat.welcome["token"]) as http:
            response = http.post(
                f"/api/v1/conversations/{chat.welcome['conversation']}/messages",
                json={"client_id": client_id, "text": "where is my order AB-123456"},
            )
    assert response.status_code == 200
    assert response.json() == {"event": question, "answer": answer}
    assert Event.objects.count() == 2


def test_events_come_in_pages_of_200(visitor: Visitor) -> None:
    drafts = [Draft(sender=Sender.SYSTEM, text=f"line {number}") for number in range(250)]
    with log.changing(UUID(visitor.id)) as conversation:
        log.append(conversation=conversation, drafts=drafts, now=timezone.now())
    first = visitor.read().json()
    assert [event["seq"] for event in first["events"]] == list(range(1, 201))
    assert (first["last_seq"], first["status"]) == (250, "bot")
    second = visitor.read(after=200).json()
    assert [event["seq"] for event in second["events"]] == list(range(201, 251))
    for after in (250, 2**31, 2**63, 10**30):
        assert visitor.read(after=after).json()["events"] == []
    assert len(visitor.read(after=-7).json()["events"]) == 200


def test_a_long_poll_ends_with_an_empty_list(visitor: Visitor) -> None:
    response = visitor.read(wait=0.2)
    assert response.status_code == 200
    assert response.json() == {"events": [], "last_seq": 0, "status": "bot"}


def test_a_long_poll_wakes_when_something_is_said(server: Server, visitor: Visitor) -> None:
    answers: list[dict[str, Any]] = []
    polling = threading.Thread(target=lambda: answers.append(visitor.read(wait=25).json()))
    polling.start()
    with server.http(visitor.opened["token"]) as http:
        http.post(
            f"/api/v1/conversations/{visitor.id}/messages",
            json={"client_id": str(uuid4()), "text": "where is my parcel?"},
        )
    polling.join(20)
    assert [event["seq"] for event in answers[0]["events"]] in ([1, 2], [1])


def test_a_thumb_is_taken_and_may_change(visitor: Visitor) -> None:
    exchange = visitor.send("where is my parcel?").json()["event"]["exchange"]
    assert visitor.rate(exchange, "up").status_code == 204
    assert visitor.rate(exchange, "down", comment="no help").status_code == 204
    feedback = Exchange.objects.get(pk=exchange).feedback
    assert (feedback.rating, feedback.comment) == ("down", "no help")
    kinds = [event["kind"] for event in visitor.read().json()["events"]]
    assert kinds == ["message", "message", "feedback", "feedback"]


def test_every_call_needs_a_good_token(server: Server, visitor: Visitor) -> None:
    calls = (
        ("GET", f"/api/v1/conversations/{visitor.id}/events", None),
        (
            "POST",
            f"/api/v1/conversations/{visitor.id}/messages",
            {"client_id": str(uuid4()), "text": "hi"},
        ),
        ("POST", f"/api/v1/exchanges/{uuid4()}/feedback", {"rating": "up"}),
    )
    tokens = ("", "nonsense", "a.b.c", visitor.opened["token"] + "x", "x" * 5_000)
    for token in tokens:
        with server.http(token) as http:
            for method, path, body in calls:
                assert_problem(http.request(method, path, json=body), 401)


def test_anothers_conversation_is_not_found(visitor: Visitor, stranger: Visitor) -> None:
    for conversation in (visitor.id, uuid4()):
        path = f"/api/v1/conversations/{conversation}"
        assert_problem(stranger.http.get(f"{path}/events"), 404)
        message = {"client_id": str(uuid4()), "text": "hi"}
        assert_problem(stranger.http.post(f"{path}/messages", json=message), 404)


def test_anothers_exchange_is_not_found(visitor: Visitor, stranger: Visitor) -> None:
    exchange = visitor.send("where is my parcel?").json()["event"]["exchange"]
    assert_problem(stranger.rate(exchange, "up"), 404)
    assert_problem(stranger.rate(uuid4(), "up"), 404)


def test_an_unknown_site_is_not_found(server: Server) -> None:
    with server.http() as http:
        for site in ("nobody", "", "\x00", "é"):
            assert_problem(http.post("/api/v1/conversations", json={"site": site}), 404)


def test_a_foreign_origin_is_forbidden(server: Server, visitor: Visitor, site: Site) -> None:
    with server.http(Origin="https://evil.example") as http:
        assert_problem(http.post("/api/v1/conversations", json={"site": "default"}), 403)
    with server.http(visitor.opened["token"], Origin="https://evil.example") as http:
        assert_problem(http.get(f"/api/v1/conversations/{visitor.id}/events"), 403)
    Site.objects.filter(pk=site.pk).update(origins=["https://shop.example"])
    with server.http(Origin="https://shop.example") as http:
        assert http.post("/api/v1/conversations", json={"site": "default"}).status_code == 201


def test_an_origin_listed_for_one_site_is_foreign_to_another(
    server: Server, visitor: Visitor
) -> None:
    make_site("second", origins=["https://shop.example"])
    with server.http(visitor.opened["token"], Origin="https://shop.example") as http:
        assert_problem(http.post("/api/v1/conversations", json={"site": "default"}), 403)
        assert_problem(http.get(f"/api/v1/conversations/{visitor.id}/events"), 403)
        opened = http.post("/api/v1/conversations", json={"site": "second"})
        assert opened.status_code == 201


def test_a_closed_conversation_takes_no_more_messages(visitor: Visitor) -> None:
    goodbye = visitor.send("goodbye")
    assert visitor.read().json()["status"] == "closed"
    assert_problem(visitor.send("wait"), 409)
    client_id = goodbye.json()["event"]["client_id"]
    assert visitor.send("goodbye", client_id).json() == goodbye.json()


def test_what_is_too_long_is_refused(visitor: Visitor) -> None:
    assert_problem(visitor.send("x" * 2_001), 413)
    assert visitor.send("🫖" * 2_000).status_code == 201
    assert_problem(visitor.send("x" * 1_100_000), 413)
    exchange = visitor.read().json()["events"][0]["exchange"]
    assert_problem(visitor.rate(exchange, "up", comment="x" * 1_001), 413)


def test_what_cannot_be_stored_is_replaced_and_the_message_arrives(visitor: Visitor) -> None:
    for text in ("a\x00b", "a\ud800b", "a\udfffb"):
        body = json.dumps({"client_id": str(uuid4()), "text": text})
        response = visitor.http.post(f"/api/v1/conversations/{visitor.id}/messages", content=body)
        assert response.json()["event"]["text"] == "a\ufffdb"


BAD_MESSAGES: tuple[Any, ...] = (
    {},
    {"text": "hi"},
    {"client_id": str(uuid4())},
    {"client_id": "x", "text": "hi"},
    {"client_id": 7, "text": "hi"},
    {"client_id": str(uuid4()), "text": 7},
    {"client_id": str(uuid4()), "text": None},
    {"client_id": str(uuid4()), "text": " "},
    [],
    "text",
    7,
    None,
)
BAD_OPENINGS: tuple[Any, ...] = (
    {},
    {"site": 7},
    {"site": None},
    [],
    {"site": "default", "claimed": [1]},
    {"site": "default", "claimed": {"a.b": 1}},
    {"site": "default", "identity": "me"},
)
BAD_BODIES = (b"", b"nonsense", b"{", b"\xff\xfe", b"[" * 50_000, b'{"text": NaN}')


def test_a_body_that_is_no_message_is_said_to_be_none(visitor: Visitor) -> None:
    path = f"/api/v1/conversations/{visitor.id}/messages"
    for message in BAD_MESSAGES:
        assert_problem(visitor.http.post(path, json=message), 422)
    for body in BAD_BODIES:
        assert_problem(visitor.http.post(path, content=body), 422)
    assert not Event.objects.exists()


def test_a_body_that_opens_no_conversation_is_said_to_open_none(server: Server) -> None:
    with server.http() as http:
        for body in BAD_OPENINGS:
            assert_problem(http.post("/api/v1/conversations", json=body), 422)


def test_a_parameter_that_makes_no_sense_is_named(visitor: Visitor) -> None:
    assert "wait" in assert_problem(visitor.read(wait="abc"), 422)["detail"]
    assert "after" in assert_problem(visitor.read(after="abc"), 422)["detail"]
    assert "wait" in assert_problem(visitor.send("hi", wait="abc"), 422)["detail"]
    assert_problem(visitor.rate("no-uuid", "up"), 422)
    assert_problem(visitor.rate(uuid4(), "best"), 422)
    assert_problem(visitor.http.get("/api/v1/conversations/no-uuid/events"), 422)


def test_odd_waits_are_brought_into_bounds(visitor: Visitor) -> None:
    for wait in ("-3", "nan", "0", "-inf"):
        assert visitor.read(wait=wait).json()["events"] == []


def test_an_unknown_address_is_a_problem_document(visitor: Visitor) -> None:
    for path in ("/api/", "/api/v1/", "/api/v1/nothing", "/api/v1/conversations/", "/nothing"):
        assert_problem(visitor.http.get(path), 404)


def test_a_wrong_method_is_a_problem_document_that_names_the_right_one(visitor: Visitor) -> None:
    response = visitor.http.get("/api/v1/conversations")
    assert_problem(response, 405)
    assert response.headers["Allow"] == "POST"
    assert_problem(visitor.http.delete(f"/api/v1/conversations/{visitor.id}/events"), 405)


def test_a_host_that_is_not_ours_is_a_problem_document(server: Server) -> None:
    with server.http(Host="evil.example") as http:
        assert_problem(http.post("/api/v1/conversations", json={"site": "default"}), 400)


CALLS = {
    ("/api/v1/conversations", "post"): "201",
    ("/api/v1/conversations/{conversation_id}/messages", "post"): "201",
    ("/api/v1/conversations/{conversation_id}/events", "get"): "200",
    ("/api/v1/exchanges/{exchange_id}/feedback", "post"): "204",
}


def test_the_schema_describes_every_call_with_its_errors(server: Server) -> None:
    with server.http() as http:
        schema = http.get("/api/openapi.json").json()
    assert schema["openapi"].startswith("3.")
    for (path, method), success in CALLS.items():
        operation = schema["paths"][path][method]
        assert {success, "422", "404"} <= set(operation["responses"])
    message = schema["paths"]["/api/v1/conversations/{conversation_id}/messages"]["post"]
    assert {"200", "401", "409", "413"} <= set(message["responses"])
    ids = [call["operationId"] for path in schema["paths"].values() for call in path.values()]
    assert len(ids) == len(set(ids))


def find_references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        yield from ([node["$ref"]] if isinstance(node.get("$ref"), str) else [])
    for child in node.values() if isinstance(node, dict) else node:
        if isinstance(child, dict | list):
            yield from find_references(child)


def test_the_schema_refers_to_nothing_that_is_missing(server: Server) -> None:
    with server.http() as http:
        schema = http.get("/api/openapi.json").json()
    references = set(find_references(schema))
    assert references
    for reference in references:
        prefix, name = reference.rsplit("/", 1)
        assert prefix == "#/components/schemas"
        assert name in schema["components"]["schemas"]


def test_the_schema_says_what_errors_look_like(server: Server) -> None:
    with server.http() as http:
        schema = http.get("/api/openapi.json").json()
    for (path, method), _success in CALLS.items():
        for status, response in schema["paths"][path][method]["responses"].items():
            if int(status) >= 400:
                assert set(response["content"]) == {"application/problem+json"}
