"""What each page may load, who may frame it, and what travels with it."""

from __future__ import annotations

import re
from http.cookies import Morsel

import pytest
from django.contrib.auth.models import User
from django.test import Client, override_settings

from chatbot.conversations.models import Site
from chatbot.conversations.sites import get_default_site
from chatbot.demo import shop
from tests.conftest import make_site

pytestmark = pytest.mark.django_db

FRAME = "/widget/frame/?site=default"
STRICT = ("/widget/frame/?site=default", "/api/docs", "/healthz", "/api/openapi.json", "/nothing")
INLINE = re.compile(r"<script(?![^>]*\b(?:src=|type=\"application/json\"))[^>]*>|\son\w+=|style=\"")


def read_policy(path: str, client: Client | None = None) -> dict[str, list[str]]:
    header = (client or Client()).get(path)["Content-Security-Policy"]
    directives = (directive.split() for directive in header.split(";") if directive.strip())
    return {name: sources for name, *sources in directives}


@pytest.mark.parametrize("path", STRICT)
def test_visitors_pages_load_nothing_but_the_servers_own(path: str) -> None:
    policy = read_policy(path)
    assert policy["default-src"] == ["'none'"]
    assert policy["script-src"] == policy["style-src"] == ["'self'"]
    assert policy["base-uri"] == ["'none'"]
    assert policy.get("object-src", policy["default-src"]) == ["'none'"]


@pytest.mark.urls("tests.chatbot.shop_urls")
def test_the_shop_loads_nothing_but_the_servers_own() -> None:
    shop.load(get_default_site())
    for path in ("/", "/help/delivery/"):
        response = Client().get(path)
        assert response.status_code == 200
        assert not INLINE.findall(response.content.decode())
        assert response["X-Frame-Options"] == "DENY"
        policy = read_policy(path)
        assert policy["default-src"] == policy["frame-ancestors"] == ["'none'"]
        assert policy["script-src"] == policy["style-src"] == policy["frame-src"] == ["'self'"]


@pytest.mark.parametrize("path", ["/api/docs", "/healthz", "/nothing", "/admin/login/"])
def test_no_page_but_the_widget_may_be_framed(path: str) -> None:
    assert read_policy(path)["frame-ancestors"] == ["'none'"]
    assert Client().get(path)["X-Frame-Options"] == "DENY"


def test_the_widget_is_framed_by_its_sites_origins_and_the_server_itself() -> None:
    Site.objects.filter(key="default").update(origins=["https://shop.example"])
    ancestors = read_policy(FRAME)["frame-ancestors"]
    assert "https://shop.example" in ancestors
    assert not {"*", "https:", "http:"} & set(ancestors)
    assert "X-Frame-Options" not in Client().get(FRAME)


def test_one_sites_origins_do_not_frame_another() -> None:
    Site.objects.filter(key="default").update(origins=["https://shop.example"])
    make_site("second", origins=["https://other.example"])
    assert (
        "https://shop.example" not in read_policy("/widget/frame/?site=second")["frame-ancestors"]
    )


@pytest.mark.parametrize("path", ["/api/docs", FRAME])
def test_the_page_needs_no_inline_script(path: str) -> None:
    html = Client().get(path).content.decode()
    assert "<script" in html
    assert not INLINE.findall(html)
    sources = re.findall(r"<(?:script|link)[^>]+(?:src|href)=\"([^\"]+)\"", html)
    assert sources
    assert all(source.startswith("/") and not source.startswith("//") for source in sources)


def test_every_response_says_not_to_guess_its_type() -> None:
    for path in (*STRICT, "/widget/loader.js", "/static/widget/app.js", "/admin/login/"):
        response = Client().get(path)
        assert response["X-Content-Type-Options"] == "nosniff", path
        assert response["Referrer-Policy"] == "same-origin", path


def test_the_admin_alone_adds_what_its_framework_needs() -> None:
    client = Client()
    client.force_login(User.objects.create_superuser("anna"))
    policy = read_policy("/admin/", client)
    assert "'unsafe-eval'" in policy["script-src"]
    assert policy["default-src"] == ["'none'"]
    for path in ("/administration", "/api/admin/"):
        assert "'unsafe-eval'" not in str(read_policy(path))


def test_any_page_may_load_the_embed_script() -> None:
    response = Client().get("/widget/loader.js", headers={"Origin": "https://shop.example"})
    assert response["Content-Type"] == "text/javascript; charset=utf-8"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "max-age" in response["Cache-Control"]
    assert response.content.strip()


def test_the_embed_script_is_only_read() -> None:
    for path in ("/widget/loader.js", FRAME):
        assert Client().post(path).status_code == 405


def test_a_frame_for_an_unknown_site_is_not_found() -> None:
    for key in ("nobody", "", "%00", "%F0%9F", "a/b"):
        assert Client().get(f"/widget/frame/?site={key}").status_code == 404
    assert Client().get("/widget/frame/").status_code == 404


def log_in() -> dict[str, Morsel[str]]:
    User.objects.create_superuser("anna", password="a long and proper password")
    client = Client()
    client.get("/admin/login/", secure=True)
    form = {"username": "anna", "password": "a long and proper password"}
    client.post("/admin/login/", form, secure=True)
    return dict(client.cookies)


def test_staff_cookies_are_kept_from_scripts_and_other_sites() -> None:
    cookies = log_in()
    assert cookies["sessionid"]["httponly"]
    assert {cookies[name]["samesite"] for name in ("sessionid", "csrftoken")} == {"Lax"}


@override_settings(SESSION_COOKIE_SECURE=True, CSRF_COOKIE_SECURE=True)
def test_staff_cookies_travel_by_https_only_where_there_is_https() -> None:
    cookies = log_in()
    assert cookies["sessionid"]["secure"]
    assert cookies["csrftoken"]["secure"]


def test_visitors_get_no_cookies() -> None:
    client = Client()
    for path in (*STRICT, "/widget/loader.js"):
        client.get(path)
    assert not client.cookies
