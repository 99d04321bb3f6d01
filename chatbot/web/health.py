"""Is the process alive, and are all the parts it needs in order?"""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Any

import redis.asyncio
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from kombu.connection import Connection
from kombu.exceptions import OperationalError

from chatbot.conversations.cases import find_providers
from chatbot.conversations.models import Site
from chatbot.conversations.threads import in_thread
from chatbot.web.addresses import is_on_this_machine
from llm_bridge.providers.health import check_providers, sum_up
from rules.evaluator import find_engine
from rules.releases import Pauses, Served, get_served
from rules.sampling import counts

TIMEOUT = 2.0


def show_alive(_request: HttpRequest) -> HttpResponse:
    return JsonResponse({"status": "ok"})


async def show_ready(request: HttpRequest) -> HttpResponse:
    """200 when visitors can be answered; the model may be away, since a person answers then."""
    database, layer, broker, providers = await asyncio.gather(
        _check_database(), _check_layer(), _check_broker(), check_providers(find_providers())
    )
    parts = {
        "database": database["state"],
        **_build_release_parts(database["served"]),
        "differential": asdict(counts),
        "channel_layer": layer,
        "broker": broker,
        "rule_engine": find_engine(settings.ENVIRONMENT.rules_engine),
        "model": str(sum_up(providers)),
        "providers": {each.name: each.describe() for each in providers},
    }
    is_ready = database["state"] == "ok" and layer != "unreachable"
    body: dict[str, Any] = {"status": "ok" if is_ready else "unavailable"}
    if is_on_this_machine(request):
        body["parts"] = parts
    return JsonResponse(body, status=200 if is_ready else 503)


@in_thread
def _check_database() -> dict[str, Any]:
    try:
        connection.ensure_connection()
        sites = Site.objects.order_by("pk").values_list("key", "rulebook_id")[:20]
        served = {key: get_served(rulebook_id=rulebook) for key, rulebook in sites}
    except DatabaseError:
        return {"state": "unreachable", "served": None}
    return {"state": "ok", "served": served}


def _build_release_parts(served: dict[str, Served] | None) -> dict[str, Any]:
    """By site: the release that decides, what should decide instead and why it does not, and what
    somebody paused."""
    if served is None:
        return {"release": None}
    return {
        "release": {key: one.live.number if one.live else None for key, one in served.items()},
        "release_problems": {
            key: {"wanted": one.wanted.number, "problem": one.problem or "not loaded yet"}
            for key, one in served.items()
            if (one.live.number if one.live else None) != one.wanted.number
        },
        "paused": {
            key: asdict(one.wanted.pauses)
            for key, one in served.items()
            if one.wanted.pauses != Pauses()
        },
    }


async def _check_layer() -> str:
    if not settings.REDIS_URL:
        return "in-process"
    client = redis.asyncio.from_url(settings.REDIS_URL, socket_timeout=TIMEOUT)
    try:
        await client.ping()
    except (redis.exceptions.RedisError, OSError):
        return "unreachable"
    finally:
        await client.aclose()
    return "ok"


async def _check_broker() -> str:
    if not settings.CELERY_BROKER_URL:
        return "in-process"
    return await asyncio.to_thread(_ask_broker, settings.CELERY_BROKER_URL)


def _ask_broker(url: str) -> str:
    try:
        with Connection(url, connect_timeout=TIMEOUT) as broker:
            broker.ensure_connection(max_retries=1, timeout=TIMEOUT)
    except (OperationalError, OSError):
        return "unreachable"
    return "ok"
