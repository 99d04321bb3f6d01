"""Registers the doors visitors come through with Django."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "chatbot.web"
    label = "web"
    verbose_name = "Web"

    def ready(self) -> None:
        from chatbot.web import checks  # noqa: F401 - registers them
