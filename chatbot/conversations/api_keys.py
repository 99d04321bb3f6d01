"""API keys: made once and shown once; afterwards only their digest is known."""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import datetime, timedelta

from chatbot.conversations.models import ApiKey, Site

PREFIX = "fl-"  # so that scanners for leaked secrets can know one
USED_STEP = timedelta(minutes=1)
_KEY = re.compile(rf"{PREFIX}[\w-]{{43}}", re.ASCII)


def record_key(*, site: Site, label: str, now: datetime) -> tuple[ApiKey, str]:
    """A new key's row, and the key itself: 256 random bits, to be shown this once."""
    key = f"{PREFIX}{secrets.token_urlsafe(32)}"
    row = ApiKey.objects.create(site=site, digest=_digest(key), label=label, created_at=now)
    return row, key


def find_key(*, key: str) -> ApiKey | None:
    """The row of a key that was made here and not revoked, whatever a client sent."""
    if not _KEY.fullmatch(key):
        return None
    valid = ApiKey.objects.select_related("site").filter(revoked_at__isnull=True)
    return valid.filter(digest=_digest(key)).first()


def record_use(*, row: ApiKey, now: datetime) -> None:
    """Notes to the minute that the key was used."""
    if row.used_at is None or now - row.used_at > USED_STEP:
        ApiKey.objects.filter(pk=row.pk).update(used_at=now)


def record_revocation(*, row: ApiKey, now: datetime) -> bool:
    """From now on the key opens nothing; False if that was so already."""
    return bool(ApiKey.objects.filter(pk=row.pk, revoked_at__isnull=True).update(revoked_at=now))


def _digest(key: str) -> str:
    """A key is no password: nobody guesses 256 bits, so a fast digest keeps it as well."""
    return hashlib.sha256(key.encode()).hexdigest()
