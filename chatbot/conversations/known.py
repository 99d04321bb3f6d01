"""What is personal of a visitor beside what was written: identity, claims, slots."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from chatbot.conversations.models import Conversation
from llm_bridge import gateway
from rules.language.facts import Fact

# By the words of a field's or slot's name, in the languages that people name such things in.
_KINDS = {
    gateway.Kind.EMAIL: frozenset({"email", "mail", "correo", "courriel"}),
    gateway.Kind.PHONE: frozenset(
        {"phone", "telephone", "mobile", "cell", "fax", "telefon", "tel"}
    ),
    gateway.Kind.ADDRESS: frozenset(
        {"address", "street", "city", "town", "zip", "postcode", "postal", "adresse", "plz"}
    ),
    gateway.Kind.IBAN: frozenset({"iban"}),
    gateway.Kind.BIRTHDAY: frozenset({"birthday", "birthdate", "birth", "dob"}),
    gateway.Kind.ID: frozenset({"id", "ssn", "passport", "account"}),
    gateway.Kind.NAME: frozenset(
        {"name", "firstname", "lastname", "surname", "fullname", "username", "vorname", "nachname"}
    ),
}
# Names of things, not of people.
_THINGS = frozenset({"product", "shop", "company", "order", "item", "article"})


def find_known(conversation: Conversation, slots: Mapping[str, Fact]) -> tuple[gateway.Known, ...]:
    """Only what is named after something personal: an order's number stays as it is."""
    fields = (conversation.verified, conversation.claimed, slots)
    return tuple(known for each in fields for known in _find(each))


def _find(fields: Mapping[str, Fact]) -> Iterator[gateway.Known]:
    for name, value in fields.items():
        kind = _find_kind(name)
        if kind is not None and not isinstance(value, bool) and str(value).strip():
            yield gateway.Known(kind, str(value))


def _find_kind(name: str) -> gateway.Kind | None:
    words = set(re.findall(r"[a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()))
    if not words.isdisjoint(_THINGS):
        return None
    return next((kind for kind, told in _KINDS.items() if not words.isdisjoint(told)), None)
