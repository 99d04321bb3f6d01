"""A question as a provider sees it: the visitor's data replaced, the company's own left alone."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from llm_bridge.guards.personal.finding import redact
from llm_bridge.guards.personal.kinds import Kind, Known
from llm_bridge.guards.personal.vault import Vault
from llm_bridge.values import Query, Source, Utterance

_ASKS_NAME = re.compile(
    r"(?i)\b(?:your|the)\b.{0,25}\bname\b|\bwhat.{0,12}\bcalled|\bname\b.{0,15}\?|wie hei(?:ß|ss)en|Ihr(?:en)? name"
    r"|(?:su|tu) nombre|votre nom|(?:suo|tuo) nome|uw naam|je naam|seu nome|(?:imię|nazwisko)|вас зовут"
)
_NAME_ALONE = re.compile(r"[^\W\d_][\w'’.-]{1,30}(?: [^\W\d_][\w'’.-]{0,30}){0,3}[.!]?")
_NOT_NAMES_TEXT = """
yes no yeah nope ok okay thanks thank you sure why hello hi hey ja nein sí si oui non danke
gracias merci what none nothing stop help please cancel
"""
_NOT_NAMES = frozenset(_NOT_NAMES_TEXT.split())


def build_vault(query: Query) -> Vault:
    """What is known to be personal in this conversation, with nothing replaced yet."""
    own = "\n".join(source.text for source in query.sources if source.kind != "tool")
    vault = Vault(salt=str(query.conversation or query.reference), own=own)
    for known in query.known:
        vault.note(known)
    texts = [utterance.text for utterance in query.history]
    for text in (*texts, *(quotation.text for quotation in query.quoted), query.question):
        vault.learn(text)
    said = (*query.history, Utterance("visitor", query.question))
    for asked, answered in pairwise(said):
        if name := _find_name(asked, answered):
            vault.note(Known(Kind.NAME, name))
    return vault


def _find_name(asked: Utterance, answered: Utterance) -> str | None:
    """What somebody says who was just asked for a name."""
    is_asked = asked.role != "visitor" and answered.role == "visitor"
    if not is_asked or not _ASKS_NAME.search(asked.text):
        return None
    name = answered.text.strip()
    if not _NAME_ALONE.fullmatch(name) or not _NOT_NAMES.isdisjoint(name.casefold().split()):
        return None
    return name.rstrip(".!")


def mask_query(query: Query, vault: Vault) -> Query:
    """The query with placeholders; articles and the rule's instruction only lose what is known."""
    return replace(
        query,
        question=vault.mask(query.question),
        history=tuple(replace(each, text=vault.mask(each.text)) for each in query.history),
        quoted=tuple(replace(each, text=vault.mask(each.text)) for each in query.quoted),
        sources=tuple(mask_source(each, vault) for each in query.sources),
        instruction=query.instruction and vault.mask(query.instruction, is_ours=True),
    )


def mask_source(source: Source, vault: Vault) -> Source:
    """What a tool returned is about the visitor, an article or approved reply about the company.

    The question that a reply was approved for is somebody else's: what it tells of him is gone.
    """
    is_ours = source.kind != "tool"
    title = redact(source.title) if source.kind == "reply" else source.title
    return replace(
        source,
        title=vault.mask(title, is_ours=True),
        text=vault.mask(source.text, is_ours=is_ours),
    )
