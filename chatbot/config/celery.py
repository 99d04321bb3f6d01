"""The Celery application: workers answer escalated exchanges, beat sweeps for forgotten ones."""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatbot.config.settings")

app = Celery("firstline")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["chatbot.conversations"])
app.conf.beat_schedule = {
    "sweep": {"task": "conversations.sweep", "schedule": 10.0, "options": {"expires": 10}}
}
