"""What every call under /v1/ promises: its errors, what it reads and what it passes over."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from django.utils import timezone

from chatbot.conversations.api_keys import record_revocation
from chatbot.conversations.models import ApiKey, Conversation, Event, Site
from chatbot.web.completions.client import MAX_BODY
from tests.chatbot.completions.conftest import PATH, ask, assert_failure, build, get_text, post
from tests.conftest import make_site
from tests.server import Server

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (None, "missing_api_key"),
        ("", "missing_api_key"),
        ("Basic dXNlcjpwYXNz", "missing_api_key"),
        ("Bearer", "invalid_api_key"),
        ("Bearer fl-", "invalid_api_key"),
        ("Bearer sk-" + "a" * 5_000, "invalid_api_key"),
        ("Bearer fl-" + "a" * 43, "invalid_api_key"),
    ],
)
def test_without_a_valid_key_nothing_is_told(
    server: Server, key: str, header: str | None, code: str
) -> None:
    headers = {} if header is None else {"Authorization": header}
    with server.http(**headers) as http:
        for answer in (http.get("/v1/models"), http.post(PATH, json=build())):
            message = assert_failure(answer, 401, code)
            assert "default" not in message
            assert answer.headers["www-authenticate"] == "Bearer"
    assert not Conversation.objects.exists()


def test_a_revoked_key_is_refused_at_once(http: httpx.Client) -> None:
    assert http.get("/v1/models").status_code == 200
    record_revocation(row=ApiKey.objects.get(), now=timezone.now())
    assert_failure(http.get("/v1/models"), 401, "invalid_api_key")


def test_a_key_opens_its_own_site_only(http: httpx.Client) -> None:
    make_site("other")
    message = assert_failure(post(http, model="other"), 404, "model_not_found", "model")
    assert "default" in message
    assert_failure(http.get("/v1/models/other"), 404, "model_not_found", "model")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", PATH, 405, "method_not_allowed"),
        ("OPTIONS", PATH, 405, "method_not_allowed"),
        ("POST", "/v1/models", 405, "method_not_allowed"),
        ("POST", "/v1/completions", 404, "unknown_url"),
        ("POST", "/v1/embeddings", 404, "unknown_url"),
        ("GET", "/v1/", 404, "unknown_url"),
    ],
)
def test_other_addresses_and_methods_are_told_apart(
    http: httpx.Client, method: str, path: str, status: int, code: str
) -> None:
    assert_failure(http.request(method, path), status, code)


@pytest.mark.parametrize(
    ("members", "code", "param"),
    [
        ({"model": None}, "missing_required_parameter", "model"),
        ({"model": 4}, "invalid_type", "model"),
        ({"messages": None}, "missing_required_parameter", "messages"),
        ({"messages": "hi"}, "invalid_type", "messages"),
        ({"messages": []}, "invalid_value", "messages"),
        ({"messages": ["hi"]}, "invalid_type", "messages[0]"),
        ({"messages": [{"content": "hi"}]}, "invalid_value", "messages[0].role"),
        ({"messages": [{"role": ["user"]}]}, "invalid_value", "messages[0].role"),
        ({"messages": [{"role": "visitor"}]}, "invalid_value", "messages[0].role"),
        ({"messages": [{"role": "system", "content": "Be kind."}]}, "invalid_value", "messages"),
        ({"messages": [{"role": "user"}]}, "invalid_value", "messages[0].content"),
        ({"messages": [{"role": "user", "content": " "}]}, "invalid_value", "messages[0].content"),
        ({"messages": [{"role": "user", "content": 4}]}, "invalid_type", "messages[0].content"),
        ({"messages": [{"role": "user", "content": []}]}, "invalid_value", "messages[0].content"),
        (
            {"messages": [{"role": "user", "content": [4]}]},
            "invalid_type",
            "messages[0].content[0]",
        ),
        (
            {"messages": [{"role": "user", "content": [{"type": "text", "text": 4}]}]},
            "invalid_type",
            "messages[0].content[0].text",
        ),
        (
            {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {}}]}]},
            "unsupported_content",
            "messages[0].content",
        ),
        ({"stream": "yes"}, "invalid_type", "stream"),
        ({"stream": 1}, "invalid_type", "stream"),
        ({"stream_options": []}, "invalid_type", "stream_options"),
        ({"stream_options": {"include_usage": 1}}, "invalid_type", "stream_options.include_usage"),
        ({"user": 42}, "invalid_type", "user"),
        ({"user": "x" * 513}, "invalid_value", "user"),
        ({"metadata": "x"}, "invalid_type", "metadata"),
        ({"metadata": {"conversation": 4}}, "invalid_type", "metadata.conversation"),
        ({"metadata": {"client_id": "4"}}, "invalid_value", "metadata.client_id"),
        ({"metadata": {"visitor.tier": "gold"}}, "missing_required_parameter", "user"),
        ({"user": "7", "metadata": {"visitor.": 1}}, "invalid_value", "metadata.visitor."),
        ({"user": "7", "metadata": {"visitor.a b": 1}}, "invalid_value", "metadata.visitor.a b"),
        ({"user": "7", "metadata": {"visitor.a": [1]}}, "invalid_value", "metadata.visitor.a"),
        (
            {"user": "7", "metadata": {f"visitor.f{n}": n for n in range(21)}},
            "invalid_value",
            "metadata",
        ),
    ],
)
def test_a_wrong_member_is_named(
    http: httpx.Client, members: dict[str, Any], code: str, param: str
) -> None:
    answer = http.post(PATH, json=build(**members))
    assert_failure(answer, 400, code, param)
    assert not Conversation.objects.exists()


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff\xfe", b"hello", b"[" * 100_000, b'{"model": "default", "messages": [NaN]}'],
)
def test_a_body_that_is_no_json_is_refused(http: httpx.Client, body: bytes) -> None:
    assert_failure(http.post(PATH, content=body), 400, "invalid_json")


def test_a_body_that_is_no_object_is_refused(http: httpx.Client) -> None:
    bodies: list[Any] = [[], "hi", None, 4]
    for body in bodies:
        assert_failure(http.post(PATH, content=json.dumps(body)), 400, "invalid_type")


def test_a_body_that_is_too_large_is_refused_unread(http: httpx.Client) -> None:
    declared = http.post(PATH, content=b"x" * (MAX_BODY + 1))
    assert_failure(declared, 413, "too_large")


def test_a_length_that_was_not_declared_is_counted(http: httpx.Client) -> None:
    parts = (b" " * 100_000 for _ in range(11))
    assert_failure(http.post(PATH, content=parts), 413, "too_large")


def test_a_question_has_at_most_2000_characters(http: httpx.Client) -> None:
    assert_failure(post(http, "x" * 2_001), 413, "too_long", "messages")
    assert ask(http, "where is my parcel? " + "x" * 1_980)["firstline"]["source"] == "rule"


def test_text_parts_are_one_question(http: httpx.Client) -> None:
    parts = [{"type": "text", "text": "where is"}, {"type": "text", "text": "my parcel?"}]
    assert get_text(ask(http, parts)) == "What is your order number?"
    assert Event.objects.get(seq=1).text == "where is\nmy parcel?"


def test_null_is_as_good_as_nothing(http: httpx.Client) -> None:
    nothing = dict.fromkeys(["stream", "stream_options", "user", "metadata", "tools", "n"])
    assert get_text(ask(http, "where is my parcel?", **nothing)) == "What is your order number?"
    assert ask(http, "where is my parcel?", user="", metadata={"conversation": None})


def test_half_characters_and_nul_are_stored_as_replacements(http: httpx.Client) -> None:
    body = json.dumps(build("where is my parcel? \ud83d \x00"))
    assert http.post(PATH, content=body).status_code == 200
    assert Event.objects.get(seq=1).text == "where is my parcel? \ufffd \ufffd"


def test_only_listed_pages_may_ask(server: Server, key: str, site: Site) -> None:
    Site.objects.update(origins=["https://shop.example"])
    for origin, status in (("https://shop.example", 200), ("https://evil.example", 403)):
        with server.http(key, Origin=origin) as http:
            assert http.get("/v1/models").status_code == status


def test_an_answer_is_neither_kept_nor_guessed_at_on_its_way(http: httpx.Client) -> None:
    for answer in (post(http), post(http, stream=True), http.get("/v1/nothing")):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_stream_has_the_protocols_framing(http: httpx.Client) -> None:
    answer = post(http, stream=True)
    assert answer.headers["content-type"] == "text/event-stream"
    *events, done, rest = answer.text.split("\n\n")
    assert (done, rest) == ("data: [DONE]", "")
    for event in events:
        assert event.startswith("data: ")
        assert json.loads(event.removeprefix("data: "))["object"] == "chat.completion.chunk"


def test_an_error_before_a_stream_is_no_stream(http: httpx.Client) -> None:
    answer = post(http, "x" * 2_001, stream=True)
    assert_failure(answer, 413, "too_long", "messages")


def test_the_schema_names_the_calls(server: Server) -> None:
    with server.http() as http:
        schema = http.get("/api/openapi.json").json()
    call = schema["paths"][PATH]["post"]
    assert {"200", "400", "401", "404", "429", "503"} <= set(call["responses"])
    assert schema["components"]["securitySchemes"]["ApiKey"]["scheme"] == "bearer"
    assert "get" in schema["paths"]["/v1/models"]


def test_the_rest_of_api_v1_is_as_it_was(server: Server) -> None:
    with server.http() as http:
        assert http.post("/api/v1/conversations", json={"site": "default"}).status_code == 201
        assert http.get("/v1").headers["content-type"] == "application/problem+json"
