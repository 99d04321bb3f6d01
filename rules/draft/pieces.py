"""The draft's pieces: rows that people edit, each read and written in the form of the file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from rules.models import Entity, Intent, Rule, Rulebook, Webhook

Document: TypeAlias = dict[str, Any]
Piece: TypeAlias = Entity | Intent | Webhook | Rule

SECTIONS: Mapping[str, type[Piece]] = {
    "entities": Entity,
    "intents": Intent,
    "webhooks": Webhook,
    "rules": Rule,
}


def build_piece(row: Piece) -> Document:
    """One row in the form of the file, without its name where that is its key there."""
    match row:
        case Entity():
            return build_entity(row)
        case Intent():
            return build_intent(row)
        case Webhook():
            return build_webhook(row)
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
            "typos": row.typos,
            "llm": "never" if row.sealed else "",
            "tags": row.tags,
            "examples": row.examples,
            "counterexamples": row.counterexamples,
        }
    )


def build_webhook(row: Webhook) -> Document:
    timeout = None if row.timeout == Webhook._meta.get_field("timeout").default else row.timeout
    return {
        "url": row.url,
        **_without_empty(
            {"send": row.send, "timeout": timeout, "public": row.public, "tool": _build_tool(row)}
        ),
    }


def _build_tool(row: Webhook) -> Document:
    return {"describe": row.tool, "read_only": True} if row.tool else {}


def build_rule(row: Rule) -> Document:
    return {
        "name": row.name,
        **_without_empty({"priority": row.priority, "valid": row.valid}),
        "when": row.when,
        "then": row.then,
        **_without_empty({"examples": row.examples}),
    }


def find_section(row: Piece) -> str:
    """Where in the file this row belongs."""
    return next(name for name, model in SECTIONS.items() if isinstance(row, model))


def parse_piece(
    *, section: str, rulebook: Rulebook, name: str, piece: Mapping[str, Any], position: int
) -> Piece:
    """An unsaved row from a piece of a document that parse_rulebook has accepted."""
    return _PARSERS[section](rulebook, name, piece, position)


def parse_entity(rulebook: Rulebook, name: str, piece: Mapping[str, Any], position: int) -> Entity:
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
        typos=piece.get("typos") or {},
        sealed=piece.get("llm") == "never",
        tags=_build_list(piece.get("tags", piece.get("tag"))),
        examples=piece.get("examples") or [],
        counterexamples=piece.get("counterexamples") or [],
    )


def _build_list(value: Any) -> list[Any]:
    """A list, or the one thing that may stand for it."""
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def parse_webhook(
    rulebook: Rulebook, name: str, piece: Mapping[str, Any], position: int
) -> Webhook:
    return Webhook(
        rulebook=rulebook,
        name=name,
        position=position,
        url=piece["url"],
        send=piece.get("send") or [],
        timeout=piece.get("timeout") or 3.0,
        public=piece.get("public") or False,
        tool=(piece.get("tool") or {}).get("describe") or "",
    )


def parse_rule(rulebook: Rulebook, name: str, piece: Mapping[str, Any], position: int) -> Rule:
    return Rule(
        rulebook=rulebook,
        name=name,
        position=position,
        priority=piece.get("priority") or 0,
        valid=piece.get("valid") or {},
        when=piece["when"],
        then=piece["then"],
        examples=piece.get("examples") or [],
    )


def _without_empty(piece: Document) -> Document:
    return {key: value for key, value in piece.items() if value}


_PARSERS: Mapping[str, Callable[[Rulebook, str, Mapping[str, Any], int], Piece]] = {
    "entities": parse_entity,
    "intents": parse_intent,
    "webhooks": parse_webhook,
    "rules": parse_rule,
}
