"""What webhooks rest on: signatures, addresses that may be called, and JSON as facts."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Any

import orjson
import pytest
from httpcore2 import AsyncNetworkBackend, AsyncNetworkStream, ConnectError
from hypothesis import given
from hypothesis import strategies as st

from chatbot.conversations.webhooks.addresses import (
    Address,
    CheckedBackend,
    PrivateAddress,
    is_listed,
    is_public,
)
from chatbot.conversations.webhooks.answers import parse_answer
from chatbot.conversations.webhooks.client import CallFailed
from chatbot.conversations.webhooks.signing import build_headers
from rules.language.facts import is_fact_name


def test_the_signature_is_that_of_the_specification() -> None:
    assert build_headers(
        message_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        body=b'{"test": 2432232314}',
        secret="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        now=datetime.fromtimestamp(1614265330, UTC),
    ) == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_the_open_internet_may_be_called(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "0.0.0.0",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "100.100.100.200",
        "168.63.129.16",
        "192.0.2.1",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "fd00:ec2::254",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::",
    ],
)
def test_every_other_network_is_refused(address: str) -> None:
    assert not is_public(ip_address(address))


def test_what_is_listed_is_allowed_by_host_or_by_host_and_port() -> None:
    assert is_listed("hooks.internal", 80, ("hooks.internal",))
    assert is_listed("hooks.internal", 81, ("hooks.internal:81",))
    assert is_listed("::1", 81, ("[::1]:81",))
    assert not is_listed("hooks.internal", 80, ("hooks.internal:81", "internal"))


class Line(AsyncNetworkBackend):
    """Notes where connections go; those to `dead` addresses fail."""

    def __init__(self, dead: Iterable[str] = ()) -> None:
        self.dialled: list[str] = []
        self.dead = set(dead)

    async def connect_tcp(self, host: str, *_: Any, **__: Any) -> AsyncNetworkStream:
        self.dialled.append(host)
        if host in self.dead:
            raise ConnectError
        return AsyncNetworkStream()


def dial(answers: list[str], line: Line) -> None:
    """Connects to a name that stands for these addresses."""

    async def look_up(_host: str, _port: int) -> list[Address]:
        return [ip_address(answer) for answer in answers]

    backend = CheckedBackend((), look_up=look_up, backend=line)
    asyncio.run(backend.connect_tcp("shop.example", 443))


def test_the_connection_goes_to_the_address_that_was_checked() -> None:
    line = Line()
    dial(["1.1.1.1", "1.0.0.1"], line)
    assert line.dialled == ["1.1.1.1"]


def test_the_next_address_is_tried_where_one_is_dead() -> None:
    line = Line(dead=["1.1.1.1"])
    dial(["1.1.1.1", "1.0.0.1"], line)
    assert line.dialled == ["1.1.1.1", "1.0.0.1"]
    with pytest.raises(ConnectError):
        dial(["1.1.1.1"], line)


def test_a_name_with_any_private_address_is_not_called() -> None:
    line = Line()
    for answers in (["10.0.0.1"], ["1.1.1.1", "127.0.0.1"]):
        with pytest.raises(PrivateAddress):
            dial(answers, line)
    assert line.dialled == []


def parse(value: Any) -> Any:
    return parse_answer(orjson.dumps(value), webhook="w")


def test_nested_answers_become_flat_facts() -> None:
    answer = {"a": {"b": {"c": 1}}, "list": ["x", 2, True], "text": "t", "no": False}
    assert parse(answer) == {"a.b.c": 1, "list": ("x", 2, True), "text": "t", "no": False}


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        {},
        [{"a": 1}],
        [[1]],
        ["x", None],
        "x" * 513,
        2**53 + 1,
        "a\x00b",
        list(range(101)),
        {"a b": 1},
        {"a.b": {"": 1}},
        {"a": {"a": {"a": {"a": {"a": {"a": {"a": {"a": 1}}}}}}}},
    ],
)
def test_what_no_fact_can_hold_is_left_out(value: Any) -> None:
    assert parse({"bad": value, "good": 1}) == {"good": 1}


def test_an_answer_cannot_say_whether_it_is_one_and_has_at_most_a_hundred_facts() -> None:
    assert parse({"ok": False, "error": "x", "order": {"ok": True}}) == {"order.ok": True}
    assert len(parse({f"n{n}": n for n in range(150)})) == 100


@pytest.mark.parametrize("body", [b"", b"[]", b"1", b"{", b'{"a": NaN}', b"\xff", b'"' + b"[" * 50])
def test_what_is_no_json_object_is_no_answer(body: bytes) -> None:
    with pytest.raises(CallFailed, match="not_json"):
        parse_answer(body, webhook="w")


trees = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False)
    | st.text(max_size=5),
    lambda parts: st.lists(parts, max_size=3) | st.dictionaries(st.text(max_size=5), parts),
    max_leaves=20,
)


@given(st.dictionaries(st.text(max_size=5), trees))
def test_whatever_a_webhook_says_every_fact_has_a_name_and_a_plain_value(value: Any) -> None:
    for name, fact in parse(value).items():
        assert is_fact_name(f"call.w.{name}")
        values = fact if isinstance(fact, tuple) else (fact,)
        assert all(isinstance(each, str | int | float | bool) for each in values)
