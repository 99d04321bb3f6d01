"""The web process: HTTP to Django, sockets to the chat, and what runs beside them."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from channels.routing import ProtocolTypeRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatbot.config.settings")
# Sets Django up: what follows imports models.
http = get_asgi_application()

from django.conf import settings  # noqa: E402

from chatbot.conversations import log  # noqa: E402
from chatbot.conversations.cases import find_providers  # noqa: E402
from chatbot.conversations.dispatch import sweep_for_ever  # noqa: E402
from chatbot.conversations.surroundings import keep_looking  # noqa: E402
from chatbot.web.bodies import Receive, Send, limit_bodies  # noqa: E402
from chatbot.web.calls import limit_calls  # noqa: E402
from chatbot.web.completions.door import PREFIX, serve_completions  # noqa: E402
from chatbot.web.rates.allowance import get_allowance  # noqa: E402
from chatbot.web.rates.sharing import Sharing  # noqa: E402
from chatbot.web.socket import serve_chat  # noqa: E402
from llm_bridge.providers.pool import load_client  # noqa: E402
from llm_bridge.releases.dispatch import watch_for_ever  # noqa: E402
from rules.releases import start_refreshing, stop_refreshing  # noqa: E402

SWEEP_SECONDS = 10.0
LOOK_SECONDS = 1.0  # how old a site's settings may be
# New objects before the collector looks for cycles among them: a message makes a few hundred, and
# none of them is in a cycle. At Python's 700 a fourteenth of a message's time went into looking.
YOUNG_OBJECTS = 20_000
# Seconds that a thread runs while the loop waits for its turn: reading and writing for one model's
# answer is a thread's work, and at Python's 5 ms a few of them made everybody else wait for 50.
THREAD_TURN = 0.0005


async def lifespan(
    _scope: dict[str, Any],
    receive: Callable[[], Awaitable[dict[str, Any]]],
    send: Callable[[dict[str, Any]], Awaitable[None]],
) -> None:
    """Beside serving, a process follows what is live; one without a broker also sweeps for
    unfinished exchanges itself."""
    await receive()
    gc.freeze()  # what is loaded by now stays: nobody has to walk it again
    gc.set_threshold(YOUNG_OBJECTS, *gc.get_threshold()[1:])
    sys.setswitchinterval(THREAD_TURN)
    start_refreshing()
    keep_looking(seconds=LOOK_SECONDS)
    sweeping = watching = None
    if not settings.CELERY_BROKER_URL:
        if find_providers():
            await asyncio.to_thread(load_client)
        sweeping = asyncio.create_task(sweep_for_ever(seconds=SWEEP_SECONDS))
        watching = asyncio.create_task(watch_for_ever())
    sharing = None
    if settings.REDIS_URL:
        shared = Sharing(allowance=get_allowance(), url=settings.REDIS_URL)
        sharing = asyncio.create_task(shared.go_on_for_ever())
    await send({"type": "lifespan.startup.complete"})
    await receive()
    if sharing:
        sharing.cancel()
    if sweeping:
        sweeping.cancel()
    if watching:
        watching.cancel()
    await log.close_batches()
    await asyncio.to_thread(stop_refreshing)
    await send({"type": "lifespan.shutdown.complete"})


pages = limit_calls(limit_bodies(http))


async def serve_http(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    serve = serve_completions if scope["path"].startswith(PREFIX) else pages
    await serve(scope, receive, send)


application = ProtocolTypeRouter(
    {
        "http": serve_http,
        "websocket": serve_chat,
        "lifespan": lifespan,
    }
)
