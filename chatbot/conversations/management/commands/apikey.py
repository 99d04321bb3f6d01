"""`manage.py apikey SITE`: a new API key, alone on stdout; `--revoke ID` ends one."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from chatbot.conversations.api_keys import record_key, record_revocation
from chatbot.conversations.models import ApiKey, Site
from chatbot.conversations.sites import NoSuchSite, get_site

MAX_LABEL = 100
MAX_ID = 2**63 - 1


class Command(BaseCommand):
    help = "Makes an API key for a site and prints it once, or revokes one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("site", help="the site's key, as in data-site")
        parser.add_argument("--label", default="", help="who or what will use the key")
        parser.add_argument("--revoke", type=int, metavar="ID", help="end the key with this number")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            site = get_site(options["site"])
        except NoSuchSite as error:
            raise CommandError(str(error)) from error
        if options["revoke"] is None:
            self._make(site, options["label"].strip())
        else:
            self._revoke(site, options["revoke"])

    def _make(self, site: Site, label: str) -> None:
        if len(label) > MAX_LABEL:
            raise CommandError(f"--label has at most {MAX_LABEL} characters.")
        row, key = record_key(site=site, label=label, now=timezone.now())
        self.stderr.write(
            f"API key {row.pk} for {site.key}. It is shown only now; "
            f"end it with: manage.py apikey {site.key} --revoke {row.pk}"
        )
        self.stdout.write(key)

    def _revoke(self, site: Site, pk: int) -> None:
        row = site.api_keys.filter(pk=pk).first() if 0 < pk <= MAX_ID else None
        if row is None:
            raise CommandError(f"{site.key} has no API key {pk}. {_list_valid(site)}")
        if record_revocation(row=row, now=timezone.now()):
            self.stderr.write(f"API key {pk} is revoked: it opens nothing from now on.")
        else:
            self.stderr.write(f"API key {pk} was revoked before.")


def _list_valid(site: Site) -> str:
    valid = site.api_keys.filter(revoked_at__isnull=True)[:20]
    return f"Valid are: {', '.join(map(_name, valid)) or 'none'}."


def _name(row: ApiKey) -> str:
    return f"{row.pk} ({row.label})" if row.label else str(row.pk)
