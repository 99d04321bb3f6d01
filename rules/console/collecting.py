"""A tried message kept as an example: publishing checks it from then on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from rules.console.attempts import BadAttempt, parse_attempt
from rules.console.books import get_book
from rules.draft import DraftError, save_piece
from rules.language.facts import Scalar
from rules.memory import LAST_FACTS
from rules.models import Intent, Rule, Rulebook

_IGNORED = {"now", "turn", "agents_online", *LAST_FACTS}  # which no example should depend on


@require_POST
def add_example(request: HttpRequest) -> HttpResponse:
    """Adds the message to an intent (`intent:NAME`) or a rule (`rule:NAME`); answers a line."""
    book = get_book(request)
    context: dict[str, Any] = {"book": book}
    try:
        data = json.loads(request.body)
        attempt = parse_attempt(data)
        piece = _get_piece(book, str(data.get("piece", "")))
        _collect(piece, attempt.text, attempt.facts)
        change = save_piece(row=piece, version=piece.version, author=request.user)
    except (BadAttempt, DraftError, ValueError) as error:
        context["problem"] = str(error)
    else:
        context |= {"change": change, "piece": piece, "text": attempt.text}
    return render(request, "rules/example_added.html", context)


def _get_piece(book: Rulebook, named: str) -> Intent | Rule:
    kind, _, name = named.partition(":")
    model: type[Intent | Rule] = Rule if kind == "rule" else Intent
    row = model._default_manager.filter(rulebook=book, name=name).first()
    if row is None:
        raise Http404("There is no such piece.")
    return row


def _collect(piece: Intent | Rule, text: str, facts: Mapping[str, Scalar]) -> None:
    if isinstance(piece, Intent):
        piece.examples = list(dict.fromkeys([*piece.examples, text]))
        return
    kept = {name: value for name, value in facts.items() if _is_needed(piece, name)}
    example: dict[str, Any] = {"text": text, **({"facts": kept} if kept else {})}
    example["expect"] = piece.name
    if example not in piece.examples:
        piece.examples = [*piece.examples, example]


def _is_needed(rule: Rule, name: str) -> bool:
    """Whether the rule itself looks at this fact."""
    kind, _, slot = name.partition(".")
    written = json.dumps(rule.when)
    return name not in _IGNORED and f'"{slot if kind == "slot" else name}"' in written
