"""`manage.py serve`: one web process on HOST and PORT."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from chatbot.web.listening import check_address

MAX_SOCKET_MESSAGE = 1_000_000  # bytes; what is larger ends the connection


class Command(BaseCommand):
    help = "Serves pages, API and sockets on HOST and PORT."

    def handle(self, *args: Any, **options: Any) -> None:
        environment = settings.ENVIRONMENT
        check_address(environment.host, environment.port)
        with _hold_database():
            self.stdout.write(self._build_banner())
            self._serve(environment)

    def _serve(self, environment: Any) -> None:
        uvicorn.run(
            settings.ASGI_APPLICATION.replace(".application", ":application"),
            host=environment.host,
            port=environment.port,
            log_config=None,
            access_log=False,
            server_header=False,
            # Forwarded addresses are judged by TRUSTED_PROXIES, nowhere else.
            proxy_headers=False,
            ws_max_size=MAX_SOCKET_MESSAGE,
            # Frames are short: compression doubled what a socket weighs and saved little.
            ws_per_message_deflate=False,
            timeout_graceful_shutdown=10,
        )

    def _build_banner(self) -> str:
        environment = settings.ENVIRONMENT
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(environment.host, environment.host)  # noqa: S104 - shown, not bound
        url = settings.PUBLIC_URL or f"http://{host}:{environment.port}"
        shop = f"The demo shop with the chat:  {url}/\n" if environment.demo else ""
        return f"{shop}The admin console:            {url}/admin/\nStop with Ctrl+C."


@contextmanager
def _hold_database() -> Iterator[None]:
    """SQLite takes one web process a file; the lock goes with the process, however it ends."""
    if connection.vendor != "sqlite":
        yield
        return
    path = Path(f"{connection.settings_dict['NAME']}.served")
    with path.open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CommandError(
                "Another web process serves this SQLite file: stop it, or set DATABASE_URL "
                "to PostgreSQL to run several."
            ) from error
        yield
