"""What an entity finds in a sample message, while somebody describes it."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from rules.evidence import find_matches
from rules.language.builtins import find_builtin
from rules.language.text import MAX_MESSAGE
from rules.rulebook.parts import Entity, Rulebook


def find_samples(entity: Entity, text: str, *, language: str = "en") -> list[dict[str, Any]]:
    """Each stretch found, `{start, end, value}` in characters, from left to right."""
    text = text[:MAX_MESSAGE]
    if entity.builtin is not None:
        today = timezone.localdate()
        found = find_builtin(entity.builtin, text, language=language, today=today)
        return [{"start": each.start, "end": each.end, "value": each.value} for each in found]
    matches = find_matches(Rulebook(entities={entity.name: entity}), text)
    return [
        {"start": each.start, "end": each.end, "value": each.source if entity.values else each.text}
        for each in matches
    ]
