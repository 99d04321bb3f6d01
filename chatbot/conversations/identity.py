"""Who a visitor is, when the site vouches for it: HMAC-SHA256 over the canonical JSON."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import orjson

from chatbot.conversations.messages import BadMessage, Scalar, parse_claims


class BadIdentity(Exception):
    """The site vouches for nothing of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What the site vouched for; once expired its word counts for nothing new."""

    fields: dict[str, Scalar]
    is_expired: bool


def sign_identity(*, fields: Mapping[str, Scalar], secret: str) -> str:
    """Hex HMAC-SHA256 with the site's secret over sorted, unspaced UTF-8 JSON of `fields`."""
    canonical = orjson.dumps(dict(fields), option=orjson.OPT_SORT_KEYS)
    return hmac.new(secret.encode(), canonical, hashlib.sha256).hexdigest()


def parse_identity(*, value: object, secret: str, now: datetime) -> Identity:
    """The signed fields, without `expires` and `signature`; raises BadIdentity.

    `expires` is in seconds since 1970 (UTC).
    """
    try:
        fields = parse_claims(value)
    except BadMessage as error:
        raise BadIdentity(error.detail) from error
    signature = fields.pop("signature", "")
    if not hmac.compare_digest(
        sign_identity(fields=fields, secret=secret).encode(), str(signature).encode()
    ):
        raise BadIdentity("The identity's signature does not fit.")
    expires = fields.pop("expires", "")
    if not fields.get("id"):
        raise BadIdentity("The identity has no id.")
    if isinstance(expires, str | bool):
        raise BadIdentity("The identity's expires must be seconds since 1970.")
    return Identity(fields=fields, is_expired=expires < now.timestamp())
