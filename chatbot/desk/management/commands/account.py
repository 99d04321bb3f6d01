"""`manage.py account`: the first administrator, made once; `--new-password` gives another."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandParser

NAME = "admin"


class Command(BaseCommand):
    help = "Makes the staff account once and prints its password once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--new-password", action="store_true", help="set and print a new one")

    def handle(self, *args: Any, **options: Any) -> None:
        if User.objects.filter(is_superuser=True).exists() and not options["new_password"]:
            return
        password = secrets.token_urlsafe(12)
        user, _ = User.objects.get_or_create(
            username=NAME, defaults={"is_staff": True, "is_superuser": True, "first_name": "Kim"}
        )
        user.set_password(password)
        user.save()
        self.stdout.write(f"Admin console: user {NAME}, password {password} (shown only now)")
