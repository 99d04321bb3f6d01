"""Who a visitor is: `visitor.*` by signature only, and what a browser says stays its own claim."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from chatbot.conversations.models import Conversation, Site
from tests.conftest import make_site
from tests.server import Server

pytestmark = pytest.mark.django_db(transaction=True)

QUESTION = "am i gold"
GOLD = "You are gold, Zoë."
CLAIMED = "You say you are gold."


def build_identity(secret: str, **fields: Any) -> dict[str, Any]:
    """Signed as a customer's own server would: HMAC-SHA256 over sorted, unspaced UTF-8 JSON."""
    fields = {"id": "7", "name": "Zoë", "tier": "gold", "expires": int(time.time()) + 600} | fields
    fields = {name: value for name, value in fields.items() if value is not None}
    canonical = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    signature = hmac.new(secret.encode(), canonical.encode(), hashlib.sha256).hexdigest()
    return {**fields, "signature": signature}


def build_forgeries(site: Site) -> list[Any]:
    good = build_identity(site.identity_secret)
    return [
        build_identity(site.identity_secret, expires=int(time.time()) - 1),
        build_identity(site.identity_secret, expires=None),
        build_identity(site.identity_secret, expires="9999999999"),
        build_identity(site.identity_secret, expires=True),
        build_identity(site.identity_secret, id=None),
        build_identity(site.identity_secret, id=""),
        build_identity(site.identity_secret, **{"claimed": "x"}),
        build_identity(site.identity_secret, **{"a.b": "x"}),
        build_identity("another secret"),
        build_identity(""),
        {**good, "tier": "platinum"},
        {**good, "id": "8"},
        {**good, "expires": good["expires"] + 9},
        {**good, "more": 1},
        {**good, "signature": ""},
        {**good, "signature": good["signature"][:-1]},
        {**good, "signature": 7},
        {**good, "signature": None},
        {name: value for name, value in good.items() if name != "signature"},
        {"id": "7", "tier": "gold"},
        {},
        [],
        "gold",
        7,
    ]


def refuse(server: Server, **hello: Any) -> int | None:
    """The code with which the server closes on this hello."""
    with server.socket() as socket:
        socket.send(json.dumps({"type": "hello", **hello}))
        with pytest.raises(ConnectionClosed):
            socket.recv(timeout=10)
        return socket.close_code


def test_a_signed_identity_becomes_facts(server: Server, site: Site) -> None:
    with server.chat(identity=build_identity(site.identity_secret)) as chat:
        assert chat.ask(QUESTION)["text"] == GOLD


def test_a_signed_identity_is_known_by_http_too(server: Server, site: Site) -> None:
    identity = build_identity(site.identity_secret)
    with server.http() as http:
        body = {"site": "default", "identity": identity}
        assert http.post("/api/v1/conversations", json=body).status_code == 201
    verified = Conversation.objects.get().verified
    assert verified == {"id": "7", "name": "Zoë", "tier": "gold"}


def test_a_forged_identity_is_refused_at_both_doors(server: Server, site: Site) -> None:
    for identity in build_forgeries(site):
        with server.http() as http:
            body = {"site": "default", "identity": identity}
            response = http.post("/api/v1/conversations", json=body)
        # What is no object at all does not even have the shape of one.
        assert response.status_code == (403 if isinstance(identity, dict) else 422), identity
        assert refuse(server, site="default", identity=identity) == 4403, identity
    assert not Conversation.objects.exists()


def test_an_identity_is_good_for_the_site_that_signed_it_alone(server: Server, site: Site) -> None:
    second = make_site("second")
    identity = build_identity(site.identity_secret)
    assert refuse(server, site="second", identity=identity) == 4403
    with server.http() as http:
        body = {"site": "second", "identity": identity}
        assert http.post("/api/v1/conversations", json=body).status_code == 403
    assert not Conversation.objects.filter(site=second).exists()


def test_a_token_does_not_make_up_for_a_forged_identity(server: Server, site: Site) -> None:
    with server.chat() as chat:
        token = chat.welcome["token"]
    for identity in build_forgeries(site)[1::6]:
        assert refuse(server, site="default", token=token, identity=identity) == 4403, identity
    assert Conversation.objects.get().verified == {}


def test_a_page_that_stood_open_comes_back_with_the_identity_it_had(
    server: Server, site: Site
) -> None:
    with server.chat(identity=build_identity(site.identity_secret)) as chat:
        token = chat.welcome["token"]
    old = build_identity(site.identity_secret, expires=int(time.time()) - 9, tier="silver")
    with server.chat(token=token, identity=old) as chat:
        assert chat.ask(QUESTION)["text"] == GOLD
    other = build_identity(site.identity_secret, expires=int(time.time()) - 9, id="8")
    assert refuse(server, site="default", token=token, identity=other) == 4401


def test_an_identity_of_old_vouches_for_nothing_new(server: Server, site: Site) -> None:
    with server.chat() as chat:
        token = chat.welcome["token"]
    old = build_identity(site.identity_secret, expires=int(time.time()) - 9)
    with server.chat(token=token, identity=old):
        assert Conversation.objects.get().verified == {}


def test_what_a_signature_covers_is_all_there_is(server: Server, site: Site) -> None:
    secret = site.identity_secret
    numbers = {"orders": 7, "spent": 12.5, "is_staff": False, "note": '<b>&\u2028"\\/é\u007f'}
    with server.chat(identity=build_identity(secret, **numbers)):
        verified = Conversation.objects.get().verified
    assert verified == {"id": "7", "name": "Zoë", "tier": "gold", **numbers}
    many = {f"n{number}": number for number in range(16)}
    assert refuse(server, site="default", identity=build_identity(secret, **many)) == 4403


def test_a_claim_stays_a_claim(server: Server) -> None:
    with server.chat(claimed={"tier": "gold", "name": "Zoë"}) as chat:
        assert chat.ask(QUESTION)["text"] == CLAIMED


def test_a_claim_beside_a_signature_stays_a_claim(server: Server, site: Site) -> None:
    identity = build_identity(site.identity_secret, tier="silver")
    with server.chat(identity=identity, claimed={"tier": "gold"}) as chat:
        assert chat.ask(QUESTION)["text"] == CLAIMED


def test_a_claim_cannot_be_named_so_that_it_looks_vouched_for(server: Server) -> None:
    names = ("claimed", "claimed.tier", "visitor.tier", "a.b", ".", "", " ", "é", "x" * 41, "1a")
    with server.http() as http:
        for name in names:
            body = {"site": "default", "claimed": {name: "gold"}}
            assert http.post("/api/v1/conversations", json=body).status_code == 422, name
        too_many = {f"n{number}": 1 for number in range(21)}
        for claims in (too_many, {"a": {"b": 1}}, {"a": ["b"]}, {"a": None}, {"a": 2**60}):
            body = {"site": "default", "claimed": claims}
            assert http.post("/api/v1/conversations", json=body).status_code == 422, claims


def test_what_a_message_says_beside_its_text_changes_no_fact(server: Server) -> None:
    smuggled = {"identity": {"tier": "gold"}, "visitor": {"tier": "gold"}, "visitor.tier": "gold"}
    with server.chat(visitor={"tier": "gold"}, verified={"tier": "gold"}) as chat:
        chat.send(
            type="message",
            client_id="0198b3f4-7f3e-7d70-9c57-2f3a4b5c6d7e",
            text=QUESTION,
            facts={"visitor.tier": "gold"},
            **smuggled,
        )
        chat.read_event()
        assert chat.read_event()["text"] not in {GOLD, CLAIMED}


def test_a_visitor_may_sign_in_later(server: Server, site: Site) -> None:
    with server.chat() as chat:
        known = {
            "token": chat.welcome["token"],
            "identity": build_identity(site.identity_secret),
        }
    with server.chat(**known) as chat:
        assert chat.ask(QUESTION)["text"] == GOLD


def test_a_conversation_does_not_pass_to_another_signed_visitor(server: Server, site: Site) -> None:
    with server.chat(identity=build_identity(site.identity_secret, id="7")) as chat:
        token = chat.welcome["token"]
    other = build_identity(site.identity_secret, id="8")
    assert refuse(server, site="default", token=token, identity=other) == 4401
    assert Conversation.objects.get().verified["id"] == "7"
