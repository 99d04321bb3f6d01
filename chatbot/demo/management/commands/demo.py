"""`manage.py demo load|remove`: the demo shop on the default site."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from chatbot.conversations.sites import get_default_site
from chatbot.demo import shop


class Command(BaseCommand):
    help = "Loads the demo shop into the default site, or takes it away."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["load", "remove"])
        parser.add_argument(
            "--once", action="store_true", help="load only into a site that is still untouched"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        site = get_default_site()
        if options["action"] == "remove":
            shop.remove(site)
            self.stdout.write(
                "The demo shop is gone. Conversations and releases stay."
                " Its page is served until the server starts with DEMO=0."
            )
        elif not options["once"] or shop.is_untouched(site):
            shop.load(site)
            self.stdout.write("The demo shop is loaded.")
