"""The wiring: environment, settings, routes and processes. Nothing else imports it."""

from chatbot.config.celery import app as celery_app

__all__ = ["celery_app"]
