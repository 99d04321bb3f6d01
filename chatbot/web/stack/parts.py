"""What the scaled-out form consists of: the command of each part and how it shows to be ready."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings

READY = "Ready."  # workers and beat print it (chatbot.config.celery)
MANAGE = (sys.executable, "manage.py")
CELERY = (sys.executable, "-m", "celery", "-A", "chatbot.config")
# Workers need to know nothing of each other: the log's lease says who answers what.
ALONE = ("--without-gossip", "--without-mingle")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One process to keep; `{start}` in its command is how often it was started.

    It is ready when `health_url` answers, or, without one, when it has printed READY.
    """

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    health_url: str = ""
    # Started before the one it replaces is ended: it needs no port of its own.
    overlaps: bool = False


def build_parts(environment: Any, *, webs: int, workers: int, concurrency: int) -> tuple[Part, ...]:
    """In the order in which they are replaced; the web processes take PORT, PORT + 1 …

    `environment` is the settings' ENVIRONMENT.
    """
    ports = range(environment.port, environment.port + webs)
    return (
        *(_build_web(environment, number, port) for number, port in enumerate(ports, 1)),
        *(_build_worker(environment, number, concurrency) for number in range(1, workers + 1)),
        _build_beat(environment),
    )


def build_migration() -> Part:
    return Part(name="migrate", command=(*MANAGE, "migrate", "--verbosity", "0"))


def _build_web(environment: Any, number: int, port: int) -> Part:
    return Part(
        name=f"web-{number}",
        command=(*MANAGE, "serve"),
        environment={"PORT": str(port)},
        health_url=f"{replace(environment, port=port).own_url}/healthz",
    )


def _build_worker(environment: Any, number: int, concurrency: int) -> Part:
    name = f"worker-{number}"
    pool = ("--pool", "threads", "--concurrency", str(concurrency))
    known_as = ("--hostname", f"{name}.{{start}}@%h", "--loglevel", environment.log_level)
    return Part(name=name, command=(*CELERY, "worker", *pool, *ALONE, *known_as), overlaps=True)


def _build_beat(environment: Any) -> Part:
    schedule = ("--schedule", str(settings.VAR_DIR / "beat"), "--loglevel", environment.log_level)
    return Part(name="beat", command=(*CELERY, "beat", *schedule))
