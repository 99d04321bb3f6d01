"""Signing by the Standard Webhooks scheme, so that receivers know who asks.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime

PREFIX = "whsec_"


def build_headers(*, message_id: str, body: bytes, secret: str, now: datetime) -> dict[str, str]:
    """The three headers that make a request's sender, time and body certain."""
    timestamp = str(int(now.timestamp()))
    signature = sign(message_id=message_id, timestamp=timestamp, body=body, secret=secret)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": signature,
    }


def sign(*, message_id: str, timestamp: str, body: bytes, secret: str) -> str:
    """`v1,` and the base64 HMAC-SHA256 of id, timestamp and body, joined by full stops."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    content = b".".join((message_id.encode(), timestamp.encode(), body))
    return f"v1,{base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()}"
