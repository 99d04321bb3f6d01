"""Whose address a request comes from: a proxy's word counts only where it is trusted."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Any

from django.conf import settings
from django.http import HttpRequest

LOOPBACK = {"127.0.0.1", "::1"}

logger = logging.getLogger(__name__)


def get_client_address(request: HttpRequest) -> str:
    return find_address(
        peer=request.META.get("REMOTE_ADDR", ""),
        forwarded=request.META.get("HTTP_X_FORWARDED_FOR", ""),
        trusted=settings.ENVIRONMENT.trusted_proxies,
    )


def find_scope_address(scope: Mapping[str, Any]) -> str:
    """The same for what comes without Django's request: sockets, and calls not yet let in."""
    lines = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
    peer: str = (scope.get("client") or ("",))[0]
    trusted = settings.ENVIRONMENT.trusted_proxies
    if lines and not trusted and peer in LOOPBACK:
        _warn_of_proxy()
    forwarded = b",".join(lines).decode("latin-1")
    return find_address(peer=peer, forwarded=forwarded, trusted=trusted)


def find_household(address: str) -> str:
    """What limits count as one address: IPv6 gives every household a whole /64."""
    found = _find_address(address)
    if isinstance(found, IPv6Address):
        return str(IPv6Network((int(found) >> 64 << 64, 64)))
    return address


def is_on_this_machine(request: HttpRequest) -> bool:
    """Whether a client here asks for itself: a proxy here speaks for somebody far away."""
    is_forwarded = "HTTP_X_FORWARDED_FOR" in request.META or "HTTP_FORWARDED" in request.META
    return request.META.get("REMOTE_ADDR") in LOOPBACK and not is_forwarded


def find_address(*, peer: str, forwarded: str, trusted: Sequence[str]) -> str:
    """The nearest address that is no trusted proxy, read from the right of X-Forwarded-For.

    Where the header says no address at all, the last one that is vouched for counts.
    """
    networks = _parse_networks(tuple(trusted))
    nearest = peer
    for hop in [peer, *reversed([part.strip() for part in forwarded.split(",") if part.strip()])]:
        address = _find_address(hop)
        if address is None:
            return nearest
        nearest = str(address)
        if not any(address in network for network in networks):
            return nearest
    return nearest


@cache
def _warn_of_proxy() -> None:
    """Once: all visitors together would soon meet the limits of one address."""
    logger.warning("forwarded addresses are not believed: set TRUSTED_PROXIES")


@lru_cache(maxsize=8)
def _parse_networks(trusted: tuple[str, ...]) -> list[IPv4Network | IPv6Network]:
    return [ip_network(network, strict=False) for network in trusted]


def _find_address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    # A socket that listens on both families shows IPv4 as ::ffff:1.2.3.4.
    return getattr(address, "ipv4_mapped", None) or address
