"""Registers the staff's pages with Django."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class DeskConfig(AppConfig):
    name = "chatbot.desk"
    label = "desk"
    verbose_name = "Desk"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from chatbot.desk.logged import read_logged
        from rules.console.logged import provide_logged

        provide_logged(read_logged)
        # Django signals for apps with tables only; this one is the last whose permissions matter.
        last = apps.get_app_config("conversations")
        post_migrate.connect(_make_groups, sender=last, dispatch_uid="desk_groups")


def _make_groups(*, using: str, **_: Any) -> None:
    from chatbot.desk.groups import make_groups

    make_groups(using=using)
