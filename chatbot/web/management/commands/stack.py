"""`manage.py stack`: the scaled-out form on one machine, until Ctrl+C."""

from __future__ import annotations

import asyncio
import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from chatbot.web.listening import check_address
from chatbot.web.stack.parts import build_parts
from chatbot.web.stack.supervisor import Supervisor


class Command(BaseCommand):
    help = "Runs several web processes, Celery workers and beat, and keeps them running."
    requires_system_checks = ()  # each part makes them; here one sentence says what is missing

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--webs", type=int, default=2, help="web processes, from PORT upwards")
        parser.add_argument("--workers", type=int, default=2, help="Celery workers")
        parser.add_argument(
            "--concurrency", type=int, default=50, help="answers on their way in each worker"
        )

    def handle(self, *args: Any, webs: int, workers: int, concurrency: int, **options: Any) -> None:
        environment = settings.ENVIRONMENT
        _check_variables(environment)
        if min(webs, workers, concurrency) < 1:
            raise CommandError("--webs, --workers and --concurrency are 1 or more.")
        for port in range(environment.port, environment.port + webs):
            check_address(environment.host, port)
        parts = build_parts(environment, webs=webs, workers=workers, concurrency=concurrency)
        self._tell(environment, webs)
        if not asyncio.run(_run(parts)):
            sys.exit(1)

    def _tell(self, environment: Any, webs: int) -> None:
        last = environment.port + webs - 1
        self.stdout.write(
            f"Web processes on {environment.host}, ports {environment.port} to {last}.\n"
            f"Stop with Ctrl+C; kill -HUP {os.getpid()} replaces one part after the other."
        )


async def _run(parts: Any) -> bool:
    return await Supervisor(parts).run()


def _check_variables(environment: Any) -> None:
    """One sentence that names what to set."""
    fits = {
        "DATABASE_URL=postgres://…": environment.database_url.startswith("postgres"),
        "REDIS_URL=redis://…": bool(environment.redis_url),
        "CELERY_BROKER_URL=redis://… or amqp://…": environment.celery_broker_url
        and not environment.celery_broker_url.startswith("memory:"),
    }
    if missing := [name for name, is_set in fits.items() if not is_set]:
        raise CommandError(f"Several processes need what they share: set {', '.join(missing)}.")
