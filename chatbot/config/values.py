"""What a variable's text may mean: each parser gives a typed value or raises ValueError."""

from __future__ import annotations

import re
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

_HOST_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9])?")


def parse_port(value: str) -> int:
    if not re.fullmatch("[0-9]{1,5}", value) or not 0 < int(value) < 65536:
        raise ValueError(value)
    return int(value)


def parse_percentage(value: str) -> float:
    if not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,6})?", value) or float(value) > 100:
        raise ValueError(value)
    return float(value)


def parse_flag(value: str) -> bool:
    return {"0": False, "1": True, "false": False, "true": True, "off": False, "on": True}[
        value.lower()
    ]


def parse_origin(value: str) -> str:
    """As browsers write it: no path, no default port."""
    if not value:
        return ""
    parts = urlsplit(value)
    is_plain = parts.path in {"", "/"} and not (parts.query or parts.fragment or "@" in value)
    default_port = {"http": 80, "https": 443}[parts.scheme]
    if not is_plain:
        raise ValueError(value)
    host = build_host(parse_host(parts.hostname or ""))
    port = "" if parts.port in {None, default_port} else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"


def build_host(name: str) -> str:
    """A host name as it stands in an address: IPv6 in brackets."""
    return f"[{name}]" if ":" in name else name


def parse_host(value: str) -> str:
    if not _HOST_NAME.fullmatch(value):
        ip_address(value)
    return value


def parse_hosts(value: str) -> tuple[str, ...]:
    hosts = _parse_list(value)
    for host in hosts:
        if host != "*":
            parse_host(host.strip("[]").removeprefix("."))
    return hosts


def parse_listed_hosts(value: str) -> tuple[str, ...]:
    hosts = tuple(host.lower() for host in _parse_list(value))
    for host in hosts:
        parts = urlsplit(f"//{host}")
        parse_host(parts.hostname or "")
        if host != parts.netloc or parts.username is not None or parts.port == 0:
            raise ValueError(host)
    return hosts


def parse_networks(value: str) -> tuple[str, ...]:
    return tuple(str(ip_network(part, strict=False)) for part in _parse_list(value))


def _parse_list(value: str) -> tuple[str, ...]:
    return tuple(part for part in re.split(r"[,\s]+", value) if part)


def is_url(value: str, schemes: set[str]) -> bool:
    try:
        parts = urlsplit(value)
        _ = parts.port  # raises ValueError when it is no number
    except ValueError:
        return False
    if parts.scheme not in schemes or "://" not in value or re.search(r"\s", value):
        return False
    # Each thread has a connection of its own, so a database in memory would be many.
    part = {"http": parts.hostname, "https": parts.hostname, "sqlite": parts.path.strip("/")}
    return bool(part.get(parts.scheme, True))
