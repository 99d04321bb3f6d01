"""Can this process listen there? Asked before anything starts, to say which variable to change."""

from __future__ import annotations

import socket

from django.core.management.base import CommandError


def check_address(host: str, port: int) -> None:
    """Raises CommandError where uvicorn would only name the error."""
    try:
        family, kind, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise CommandError(
            f"HOST={host} PORT={port} cannot be listened on ({error.strerror}): "
            "set another PORT (or HOST), or stop what uses it."
        ) from error
