"""The Celery application: workers answer escalated exchanges, beat sweeps for forgotten ones."""

from __future__ import annotations

import os
import sys
from typing import Any

from celery import Celery
from celery.signals import beat_init, worker_init, worker_ready
from kombu.transport.redis import Channel

from chatbot.web.stack.parts import READY

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatbot.config.settings")
# What is unacknowledged when Redis goes is found by the sweep. kombu 5.7 would give it back over
# the connection that is gone, and the worker would end of that.
Channel.do_restore = False

app = Celery("firstline")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["chatbot.conversations", "llm_bridge.releases"])
app.conf.beat_schedule = {
    "sweep": {"task": "conversations.sweep", "schedule": 10.0, "options": {"expires": 10}},
    "watch": {"task": "models.watch", "schedule": 60.0, "options": {"expires": 60}},
}


def tell_ready(**_what: Any) -> None:
    """For who started it (see chatbot.web.stack); Celery makes stdout a logger, so past that."""
    if sys.__stdout__:
        sys.__stdout__.write(f"{READY}\n")
        sys.__stdout__.flush()


def load_model_client(**_what: Any) -> None:
    """Before the first question, which would wait half a second for it."""
    from llm_bridge.providers.pool import load_client

    load_client()


worker_init.connect(load_model_client)
worker_ready.connect(tell_ready)
beat_init.connect(tell_ready)
