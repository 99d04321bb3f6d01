"""Registers the staff's pages with Django."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "chatbot.desk"
    label = "desk"
    verbose_name = "Desk"
    default_auto_field = "django.db.models.BigAutoField"
