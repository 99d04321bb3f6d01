"""`manage.py serve`: one web process on HOST and PORT."""

from __future__ import annotations

from typing import Any

import uvicorn
from django.conf import settings
from django.core.management.base import BaseCommand

MAX_SOCKET_MESSAGE = 1_000_000  # bytes; what is larger ends the connection


class Command(BaseCommand):
    help = "Serves pages, API and sockets on HOST and PORT."

    def handle(self, *args: Any, **options: Any) -> None:
        environment = settings.ENVIRONMENT
        self.stdout.write(self._build_banner())
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
            timeout_graceful_shutdown=10,
        )

    def _build_banner(self) -> str:
        environment = settings.ENVIRONMENT
        host = f"[{environment.host}]" if ":" in environment.host else environment.host
        url = settings.PUBLIC_URL or f"http://{host}:{environment.port}"
        shop = f"The demo shop with the chat:  {url}/\n" if environment.demo else ""
        return f"{shop}The admin console:            {url}/admin/\nStop with Ctrl+C."
