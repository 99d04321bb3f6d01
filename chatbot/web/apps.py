"""Registers the doors visitors come through with Django."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "chatbot.web"
    label = "web"
    verbose_name = "Web"
    default_auto_field = "django.db.models.BigAutoField"
