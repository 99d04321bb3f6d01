"""Whose address counts, and what only this machine and its own pages may see."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv6Address, ip_address, ip_network

import pytest
from django.test import Client, override_settings
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from chatbot.web.addresses import find_address, find_household, find_scope_address
from chatbot.web.origins import find_own_origins

PROXIES = ("10.0.0.0/8", "fd00::/8")


@pytest.mark.parametrize(
    ("peer", "forwarded", "trusted", "expected"),
    [
        ("1.2.3.4", "", (), "1.2.3.4"),
        ("1.2.3.4", "5.6.7.8", (), "1.2.3.4"),
        ("10.0.0.1", "5.6.7.8", (), "10.0.0.1"),
        ("1.2.3.4", "5.6.7.8", PROXIES, "1.2.3.4"),
        ("10.0.0.1", "5.6.7.8", PROXIES, "5.6.7.8"),
        ("10.0.0.1", "9.9.9.9, 5.6.7.8", PROXIES, "5.6.7.8"),
        ("10.0.0.1", "9.9.9.9,5.6.7.8 ,10.0.0.2", PROXIES, "5.6.7.8"),
        ("fd00::1", "2001:db8::7", PROXIES, "2001:db8::7"),
        ("::ffff:10.0.0.1", "5.6.7.8", PROXIES, "5.6.7.8"),
        ("10.0.0.1", "", PROXIES, "10.0.0.1"),
        ("10.0.0.1", "5.6.7.8, unknown", PROXIES, "10.0.0.1"),
        ("10.0.0.1", "5.6.7.8, <script>, 10.0.0.2", PROXIES, "10.0.0.2"),
        ("10.0.0.1", "5.6.7.8, , ,", PROXIES, "5.6.7.8"),
        ("", "5.6.7.8", PROXIES, ""),
    ],
)
def test_a_proxys_word_counts_only_where_it_is_trusted(
    peer: str, forwarded: str, trusted: tuple[str, ...], expected: str
) -> None:
    assert find_address(peer=peer, forwarded=forwarded, trusted=trusted) == expected


@given(forwarded=st.text())
def test_whatever_a_header_says_the_answer_is_an_address(forwarded: str) -> None:
    address = find_address(peer="10.0.0.1", forwarded=forwarded, trusted=PROXIES)
    assert ip_address(address)


@pytest.mark.parametrize(
    ("forwarded", "expected"),
    [
        ([], "10.0.0.1"),
        (["5.6.7.8"], "5.6.7.8"),
        (["9.9.9.9", "5.6.7.8"], "5.6.7.8"),
        (["5.6.7.8", "10.0.0.2, 10.0.0.3"], "5.6.7.8"),
        (["5.6.7.8", "ä, \xff"], "10.0.0.1"),
    ],
)
def test_what_comes_without_djangos_request_is_read_the_same_way(
    forwarded: list[str], expected: str, settings: Settings
) -> None:
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, trusted_proxies=PROXIES)
    headers = [(b"x-forwarded-for", line.encode("latin-1")) for line in forwarded]
    scope = {"client": ("10.0.0.1", 4711), "headers": [(b"host", b"x"), *headers]}
    assert find_scope_address(scope) == expected


def test_a_listener_that_knows_no_peer_knows_no_address() -> None:
    assert find_scope_address({"client": None, "headers": []}) == ""
    assert find_household("") == ""


@given(number=st.integers(0, 2**128 - 1))
def test_a_household_is_a_whole_64(number: int) -> None:
    address = IPv6Address(number)
    household = find_household(str(address))
    if address.ipv4_mapped is None:
        assert address in ip_network(household)
        assert ip_network(household).prefixlen == 64


def test_an_ipv4_address_is_a_household_however_it_is_written() -> None:
    assert find_household("198.51.100.7") == "198.51.100.7"
    assert find_address(peer="::ffff:198.51.100.7", forwarded="", trusted=()) == "198.51.100.7"


@pytest.mark.django_db
def test_health_shows_its_parts_to_this_machine_only() -> None:
    def find_parts(**headers: str) -> object:
        return Client(**headers).get("/readyz").json().get("parts")  # type: ignore[arg-type]  # META

    assert find_parts()
    assert find_parts(REMOTE_ADDR="5.6.7.8") is None
    # A proxy on this machine that nobody told us to trust: whoever it speaks for is far away.
    assert find_parts(HTTP_X_FORWARDED_FOR="5.6.7.8") is None


def test_a_host_that_is_not_ours_has_no_origins() -> None:
    assert find_own_origins("127.0.0.1:8000") == {"http://127.0.0.1:8000", "https://127.0.0.1:8000"}
    assert find_own_origins("evil.example") == set()
    with override_settings(PUBLIC_URL="https://chat.example.com"):
        assert find_own_origins("evil.example") == {"https://chat.example.com"}
