"""Finding sites: by key, or the one that commands use when none is named."""

from __future__ import annotations

import difflib
from datetime import datetime

from django.core.validators import slug_re

from chatbot.conversations.models import Site

DEFAULT_KEY = "default"


class NoSuchSite(LookupError):
    """No site has this key; the text names the nearest, or those there are."""


def get_site(key: str) -> Site:
    try:
        return Site.objects.select_related("rulebook", "knowledge").get(key=key)
    except Site.DoesNotExist as error:
        raise NoSuchSite(f"No site has the key {key!r}. {_suggest(key)}") from error


def _suggest(key: str) -> str:
    known = list(Site.objects.order_by("key").values_list("key", flat=True))
    if near := difflib.get_close_matches(key[:100], known, n=1):
        return f"Did you mean {near[0]!r}?"
    return f"There are: {', '.join(known[:10]) or 'none'}."


def find_site(key: object) -> Site | None:
    """The site whose key a client sent, whatever it sent."""
    # PostgreSQL takes no NUL, so only what can be a key is looked up.
    if not isinstance(key, str) or not slug_re.match(key):
        return None
    return Site.objects.filter(key=key).first()


def find_notice(*, site: Site, now: datetime) -> str:
    """What stands above every chat of a site just now; empty if there is nothing to say."""
    is_early = site.notice_from is not None and now < site.notice_from
    is_late = site.notice_until is not None and now >= site.notice_until
    return "" if is_early or is_late else site.notice


def get_default_site() -> Site:
    """The site that migrating made."""
    return get_site(DEFAULT_KEY)
