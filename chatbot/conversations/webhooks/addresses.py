"""Which addresses may be called: never this network's own, unless the operator says so.

The name is looked up here and the connection goes to the very address that was checked, so that
a name which changes its mind (DNS rebinding) gains nothing.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

from httpcore2 import AnyIOBackend, AsyncNetworkBackend, AsyncNetworkStream, ConnectError

Address = IPv4Address | IPv6Address
LookUp = Callable[[str, int], Awaitable[Sequence[Address]]]

# A cloud's own services behind an address that looks public.
_CLOUD = ip_address("168.63.129.16")
_NAT64 = ip_network("64:ff9b::/96")

# Their own: a look-up that hangs must keep nobody from anything else.
_lookups = ThreadPoolExecutor(max_workers=8, thread_name_prefix="names")


class PrivateAddress(Exception):
    """The name leads into a network that is not open to the world."""


def is_public(address: Address) -> bool:
    """Whether an address belongs to the open internet, whatever it is wrapped in."""
    if isinstance(address, IPv6Address) and (inner := _unwrap(address)) is not None:
        return is_public(inner)
    return address.is_global and not address.is_multicast and address != _CLOUD


def _unwrap(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address inside an IPv6 one: mapped, 6to4 or NAT64."""
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


def is_listed(host: str, port: int, listed: Collection[str]) -> bool:
    """Whether the operator allows this host, on any port or on this one, to be private."""
    name = f"[{host}]" if ":" in host else host
    return not {host, name, f"{name}:{port}"}.isdisjoint(listed)


class CheckedBackend(AsyncNetworkBackend):
    """Connects to public addresses only, and to what is listed."""

    def __init__(
        self,
        listed: Collection[str],
        *,
        look_up: LookUp | None = None,
        backend: AsyncNetworkBackend | None = None,
    ) -> None:
        self._listed = listed
        self._look_up = look_up or find_addresses
        self._backend = backend or AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the base class's own
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> AsyncNetworkStream:
        """Raises PrivateAddress, ConnectError and ConnectTimeout."""
        addresses = await self._look_up(host, port)
        if not is_listed(host, port, self._listed) and not all(map(is_public, addresses)):
            raise PrivateAddress
        for last, address in enumerate(addresses, start=1 - len(addresses)):
            try:
                return await self._backend.connect_tcp(
                    str(address), port, timeout, local_address, socket_options
                )
            except ConnectError:
                if last == 0:
                    raise
        raise ConnectError("no address")


async def find_addresses(host: str, port: int) -> list[Address]:
    """Everything that a name stands for, each once; raises ConnectError if it is nothing."""
    try:
        found = await asyncio.get_running_loop().run_in_executor(
            _lookups, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        )
    except (OSError, UnicodeError) as error:
        raise ConnectError("the name is not known") from error
    return list(dict.fromkeys(ip_address(each[4][0]) for each in found))
