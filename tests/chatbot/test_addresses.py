"""Whose address counts, and what only this machine and its own pages may see."""

from __future__ import annotations

from ipaddress import ip_address

import pytest
from django.test import Client, override_settings
from hypothesis import given
from hypothesis import strategies as st

from chatbot.web.addresses import find_address
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
