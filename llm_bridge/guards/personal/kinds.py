"""The kinds of personal data, and a place where some stands."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """The words that stand for personal data in what a provider sees."""

    EMAIL = "EMAIL"
    PHONE = "PHONE"
    CARD = "CARD"
    IBAN = "IBAN"
    ID = "ID"  # numbers that a state or bank gave somebody
    IP = "IP"
    ADDRESS = "ADDRESS"
    NAME = "NAME"
    BIRTHDAY = "BIRTHDAY"
    LINK = "LINK"  # an address that opens something for whoever has it
    SECRET = "SECRET"  # noqa: S105 - a kind of data
    TEXT = "TEXT"  # nothing personal: it only looks like one of our placeholders


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Where something personal stands in a text."""

    start: int
    end: int
    kind: Kind


@dataclass(frozen=True, slots=True)
class Known:
    """Something of this visitor's that is known beside what was written: a name, an address."""

    kind: Kind
    value: str
