"""A program with the site's API key: the openai SDK as anybody installs it, and plain HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import openai
import pytest
from django.utils import timezone

from chatbot.conversations.api_keys import record_key
from chatbot.conversations.models import Site
from tests.server import Server

PATH = "/v1/chat/completions"


@pytest.fixture
def key(site: Site) -> str:
    return record_key(site=site, label="tests", now=timezone.now())[1]


@pytest.fixture
def sdk(server: Server, key: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{server.url}/v1", api_key=key, max_retries=0) as client:
        yield client


@pytest.fixture
def http(server: Server, key: str) -> Iterator[httpx.Client]:
    with server.http(key) as client:
        yield client


def build(text: object = "where is my parcel?", **members: Any) -> dict[str, Any]:
    """A request's body."""
    return {"model": "default", "messages": [{"role": "user", "content": text}], **members}


def post(http: httpx.Client, text: object = "where is my parcel?", **members: Any) -> Any:
    return http.post(PATH, json=build(text, **members))


def ask(http: httpx.Client, text: object, **members: Any) -> dict[str, Any]:
    """The whole completion."""
    answer = post(http, text, **members)
    assert answer.status_code == 200, answer.text
    completion: dict[str, Any] = answer.json()
    return completion


def get_text(completion: dict[str, Any]) -> str:
    text: str = completion["choices"][0]["message"]["content"]
    return text


def assert_failure(answer: httpx.Response, status: int, code: str, param: str | None = None) -> str:
    """An error object of OpenAI's form that gives nothing of the inside away; its message."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    body = answer.json()
    error = body["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert (error["code"], error["param"]) == (code, param)
    for inside in ("Traceback", "site-packages", ".py", "SELECT", "Exception"):
        assert inside not in answer.text
    message: str = error["message"]
    return message
