"""Registers the demo shop with Django."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "chatbot.demo"
    label = "demo"
    verbose_name = "Demo shop"
    default_auto_field = "django.db.models.BigAutoField"
