"""Registers the rulebook's tables with Django."""

from django.apps import AppConfig


class RulesConfig(AppConfig):
    name = "rules"
    label = "rules"
    verbose_name = "Rulebook"
    default_auto_field = "django.db.models.BigAutoField"
