"""The draft: rows that people edit, read as one rulebook file and written back from one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from rules.models import Entity, Intent, Rule, Rulebook
from rules.rulebook.parsing import parse_rulebook

Document = dict[str, Any]


def build_document(rulebook: Rulebook) -> Document:
    """The draft in the form of the rulebook file, empty parts left out."""
    sections = {
        "entities": {row.name: build_entity(row) for row in rulebook.entity_set.all()},
        "intents": {row.name: build_intent(row) for row in rulebook.intent_set.all()},
        "rules": [build_rule(row) for row in rulebook.rule_set.all()],
    }
    return {"rulebook": 1, **_without_empty(sections)}


@transaction.atomic
def replace_draft(*, rulebook: Rulebook, document: Document) -> None:
    """The whole draft from a file's content; raises RulebookError and changes nothing then."""
    parse_rulebook(document)
    for model in (Entity, Intent, Rule):
        model.objects.filter(rulebook=rulebook).delete()
    Entity.objects.bulk_create(
        parse_entity(rulebook, name, piece, position)
        for position, (name, piece) in enumerate((document.get("entities") or {}).items())
    )
    Intent.objects.bulk_create(
        parse_intent(rulebook, name, piece, position)
        for position, (name, piece) in enumerate((document.get("intents") or {}).items())
    )
    Rule.objects.bulk_create(
        parse_rule(rulebook, piece, position)
        for position, piece in enumerate(document.get("rules") or ())
    )


def build_piece(row: Entity | Intent | Rule) -> Document:
    """One row in the form of the file, without its name where that is its key there."""
    match row:
        case Entity():
            return build_entity(row)
        case Intent():
            return build_intent(row)
        case Rule():
            return build_rule(row)


def build_entity(row: Entity) -> Document:
    return _without_empty(
        {
            "pattern": row.pattern,
            "builtin": row.builtin,
            "values": row.values,
            "example": row.example,
        }
    )


def build_intent(row: Intent) -> Document:
    return _without_empty(
        {
            "phrases": row.phrases,
            "avoid": row.avoid,
            "llm": "never" if row.sealed else "",
            "examples": row.examples,
            "counterexamples": row.counterexamples,
        }
    )


def build_rule(row: Rule) -> Document:
    return {
        "name": row.name,
        **_without_empty({"priority": row.priority}),
        "when": row.when,
        "then": row.then,
        **_without_empty({"examples": row.examples}),
    }


def parse_entity(rulebook: Rulebook, name: str, piece: Mapping[str, Any], position: int) -> Entity:
    """Rows from pieces of a document that parse_rulebook has accepted."""
    return Entity(
        rulebook=rulebook,
        name=name,
        position=position,
        pattern=piece.get("pattern") or "",
        builtin=piece.get("builtin") or "",
        values=piece.get("values") or {},
        example=piece.get("example") or "",
    )


def parse_intent(rulebook: Rulebook, name: str, piece: Mapping[str, Any], position: int) -> Intent:
    return Intent(
        rulebook=rulebook,
        name=name,
        position=position,
        phrases=piece.get("phrases") or [],
        avoid=piece.get("avoid") or [],
        sealed=piece.get("llm") == "never",
        examples=piece.get("examples") or [],
        counterexamples=piece.get("counterexamples") or [],
    )


def parse_rule(rulebook: Rulebook, piece: Mapping[str, Any], position: int) -> Rule:
    return Rule(
        rulebook=rulebook,
        name=piece["name"],
        position=position,
        priority=piece.get("priority") or 0,
        when=piece["when"],
        then=piece["then"],
        examples=piece.get("examples") or [],
    )


def _without_empty(piece: Document) -> Document:
    return {key: value for key, value in piece.items() if value}
