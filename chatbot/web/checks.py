"""What `manage.py check` says about the environment; the ids never change."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004

from rules.evaluator import find_engine


@register(Tags.security, deploy=True)
def check_demo_stays_local(**_options: Any) -> list[CheckMessage]:
    environment = settings.ENVIRONMENT
    if not environment.demo or environment.is_local:
        return []
    return [
        Error(
            "DEMO=1 shows the demo shop to the world.",
            hint="Set DEMO=0, or serve on 127.0.0.1 without PUBLIC_URL.",
            id="firstline.E001",
        )
    ]


@register(Tags.security, deploy=True)
def check_limits_hold(**_options: Any) -> list[CheckMessage]:
    environment = settings.ENVIRONMENT
    if environment.rate_limits or environment.is_local:
        return []
    return [
        Error(
            "RATE_LIMITS=off lets anybody send as much as they like.",
            hint="Set RATE_LIMITS=on, or serve on 127.0.0.1 without PUBLIC_URL.",
            id="firstline.E004",
        )
    ]


@register(Tags.compatibility)
def check_rule_engine(**_options: Any) -> list[CheckMessage]:
    wanted = settings.ENVIRONMENT.rules_engine
    if find_engine(wanted) == wanted:
        return []
    return [
        Warning(
            "durable-rules is not available, so the plain-Python reference evaluator decides.",
            hint="It needs a C compiler and Python 3.11 or 3.12; RULES_ENGINE=reference says "
            "that this is meant.",
            id="firstline.W001",
        )
    ]


@register(Tags.security, deploy=True)
def check_addresses_are_told(**_options: Any) -> list[CheckMessage]:
    if settings.PUBLIC_URL or settings.ENVIRONMENT.is_local:
        return []
    return [
        Error(
            "The server listens beyond this machine, but PUBLIC_URL is not set.",
            hint="Set PUBLIC_URL to the address that visitors use, e.g. https://chat.example.com.",
            id="firstline.E002",
        )
    ]


@register(Tags.compatibility)
def check_workers_are_heard(**_options: Any) -> list[CheckMessage]:
    if not settings.CELERY_BROKER_URL or settings.REDIS_URL:
        return []
    return [
        Error(
            "CELERY_BROKER_URL is set, but what workers answer reaches no socket without "
            "REDIS_URL.",
            hint="Set REDIS_URL, or leave CELERY_BROKER_URL empty: the web process answers then.",
            id="firstline.E003",
        )
    ]
