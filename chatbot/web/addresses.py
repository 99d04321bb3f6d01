"""Whose address a request comes from: a proxy's word counts only where it is trusted."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest


def get_client_address(request: HttpRequest) -> str:
    return find_address(
        peer=request.META.get("REMOTE_ADDR", ""),
        forwarded=request.META.get("HTTP_X_FORWARDED_FOR", ""),
        trusted=settings.ENVIRONMENT.trusted_proxies,
    )


def find_address(*, peer: str, forwarded: str, trusted: Sequence[str]) -> str:
    """The nearest address that is no trusted proxy, read from the right of X-Forwarded-For."""
    for address in [peer, *reversed([part.strip() for part in forwarded.split(",") if part])]:
        if not _is_in(address, trusted):
            return address
    return peer


def _is_in(address: str, networks: Sequence[str]) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return any(parsed in ip_network(network, strict=False) for network in networks)
