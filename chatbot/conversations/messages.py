"""What a visitor sends, checked at the edge: a message, a thumb, facts about themselves."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from chatbot.conversations.models import Feedback
from rules.language.text import MAX_MESSAGE

MAX_COMMENT = 1_000
MAX_CLAIMS = 20
Code = Literal["bad_frame", "too_long"]
Scalar = str | int | float | bool

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_NAME = re.compile(r"[A-Za-z]\w{0,39}\Z", re.ASCII)


class BadMessage(ValueError):
    """What arrived cannot be taken; `detail` tells the sender what to do about it."""

    def __init__(self, code: Code, detail: str) -> None:
        super().__init__(detail)
        self.code: Code = code
        self.detail = detail


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What a program says was said before: kept beside the message, and decides nothing."""

    role: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitorMessage:
    """One message: the visitor's own id makes sending it twice harmless."""

    client_id: UUID
    text: str
    quotes: tuple[Quote, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitorFeedback:
    exchange_id: UUID
    rating: str
    comment: str


def parse_message(*, client_id: object, text: object) -> VisitorMessage:
    clean = _parse_text("text", text)
    if len(clean) > MAX_MESSAGE:
        raise BadMessage("too_long", f"A message has at most {MAX_MESSAGE:,} characters.")
    if not clean.strip():
        raise BadMessage("bad_frame", "text is empty: write something.")
    return VisitorMessage(client_id=parse_uuid("client_id", client_id), text=clean)


def parse_quote(*, role: str, text: object) -> Quote:
    """As much of it as a message may have."""
    return Quote(role=role, text=_parse_text("text", text)[:MAX_MESSAGE])


def parse_feedback(*, exchange: object, rating: object, comment: object) -> VisitorFeedback:
    if rating not in Feedback.Rating.values:
        raise BadMessage("bad_frame", 'rating must be "up" or "down".')
    clean = _parse_text("comment", comment)
    if len(clean) > MAX_COMMENT:
        raise BadMessage("too_long", f"A comment has at most {MAX_COMMENT:,} characters.")
    return VisitorFeedback(
        exchange_id=parse_uuid("exchange", exchange), rating=str(rating), comment=clean
    )


def parse_uuid(name: str, value: object) -> UUID:
    try:
        return UUID(value) if isinstance(value, str) else UUID("")
    except ValueError as error:
        raise BadMessage("bad_frame", f"{name} must be a UUID.") from error


def parse_claims(value: object) -> dict[str, Scalar]:
    """Flat facts about a visitor: at most 20 plain names with short scalar values."""
    if value is None:
        return {}
    if not isinstance(value, dict) or len(value) > MAX_CLAIMS:
        raise BadMessage("bad_frame", f"Give an object with at most {MAX_CLAIMS} members.")
    return {_parse_name(name): _parse_scalar(name, claim) for name, claim in value.items()}


def _parse_name(name: object) -> str:
    if not isinstance(name, str) or not _NAME.match(name) or name == "claimed":
        raise BadMessage("bad_frame", "Names of facts are letters, digits and _.")
    return name


def _parse_scalar(name: str, value: object) -> Scalar:
    if isinstance(value, float) and not math.isfinite(value):
        raise BadMessage("bad_frame", f"{name} must be a finite number.")
    if isinstance(value, int) and abs(value) >= 2**53:
        raise BadMessage("bad_frame", f"{name} is too large a number.")
    if isinstance(value, bool | int | float):
        return value
    clean = _parse_text(name, value)
    if len(clean) > 512:
        raise BadMessage("too_long", f"{name} has at most 512 characters.")
    return clean


def _parse_text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise BadMessage("bad_frame", f"{name} must be a string.")
    return _UNSTORABLE.sub("\ufffd", value)
