"""The page to try messages on: what would be answered, why, and what the draft changes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from rules.console.attempts import (
    Attempt,
    BadAttempt,
    build_state,
    parse_attempt,
    write_value,
)
from rules.console.books import build_page, get_book
from rules.console.effects import find_effects, find_kind
from rules.console.outcomes import build_outcomes
from rules.console.trial import (
    Trial,
    build_cards,
    build_stretches,
    try_briefly,
    try_message,
)
from rules.console.versions import Version, find_live_version, get_draft
from rules.console.vocabulary import FACTS, build_vocabulary
from rules.draft import build_document
from rules.language.text import MAX_MESSAGE
from rules.models import Entity, Intent, Rule, Rulebook
from rules.releases import find_active

ASSUMED: Mapping[str, str] = {"hours": "open", "language": "en", "turn": "1", "agents_online": "1"}


@require_GET
def show_try(request: HttpRequest) -> HttpResponse:
    """A message, what was said before it and facts can stand in the address."""
    book = get_book(request)
    vocabulary = build_vocabulary(build_document(book))
    fields = request.GET
    page = {
        "text": fields.get("text", ""),
        "before": fields.get("before", ""),
        "facts": _read_facts(fields.get("facts", "")),
    }
    context = build_page(
        request,
        "Try it",
        book,
        page=page,
        fact_names=[*FACTS, *vocabulary["named"], *(f"slot.{s}" for s in vocabulary["slots"])],
        intents=vocabulary["intents"],
        suggestions=_find_suggestions(book),
        shown=fields.get("shown", "draft"),
    )
    return render(request, "rules/try.html", context)


def _read_facts(text: str) -> list[list[str]]:
    """What the address states, as JSON, over what is assumed otherwise."""
    try:
        stated = json.loads(text or "{}")
    except ValueError:
        stated = {}
    given = stated if isinstance(stated, dict) else {}
    facts = {**ASSUMED, **{str(name): write_value(value) for name, value in given.items()}}
    return [[name, value] for name, value in facts.items()]


def _find_suggestions(book: Rulebook) -> list[str]:
    """A few messages to begin with: the first examples of the rulebook's own intents."""
    examples = (row.examples[:1] for row in book.intent_set.all()[:40])
    return [text for texts in examples for text in texts][:4]


@require_POST
def show_decision(request: HttpRequest) -> JsonResponse:
    """What both versions make of a message, while it is typed."""
    book = get_book(request)
    try:
        data = json.loads(request.body)
        attempt = parse_attempt(data)
    except ValueError as error:
        problem = str(error) if isinstance(error, BadAttempt) else "This is not a message to try."
        return JsonResponse({"problem": problem}, status=422)
    return JsonResponse(_build_answer(request, book, attempt, shown=str(data.get("shown"))))


def _build_answer(
    request: HttpRequest, book: Rulebook, attempt: Attempt, *, shown: str
) -> dict[str, Any]:
    draft, live = get_draft(book), find_live_version(book)
    # A draft with problems decides nothing: then the live release shows what it does.
    is_live = live is not None and (shown == "live" or draft.evaluator is None)
    version, other = (live, draft) if live is not None and is_live else (draft, live)
    trial = try_message(version, attempt.situation)
    sides = _build_sides(attempt, trial, other)
    context = {
        "book": book,
        "problems": draft.problems,
        "is_empty": not attempt.text.strip(),
        "next_url": f"{reverse('rulebook:try')}?{urlencode(_build_place(book, attempt))}",
        "sides": sides,
        **(_build_shown(book, trial) if trial else {}),
    }
    matches = trial.matches if trial else ()
    return {
        "html": render_to_string("rules/try_result.html", context, request=request),
        "stretches": [
            [each.text, each.kind, ", ".join(each.says)]
            for each in build_stretches(attempt.text, matches)
        ],
        **(_build_turn(attempt, trial) if trial else {}),
    }


def _build_place(book: Rulebook, attempt: Attempt) -> dict[str, Any]:
    """Where the page comes back to with the same message."""
    return {"rulebook": book.pk, "text": attempt.text[:MAX_MESSAGE]}


def _build_shown(book: Rulebook, trial: Trial) -> dict[str, Any]:
    return {
        "side": _build_side(trial),
        "recognised": _build_recognised(book, trial),
        "cards": _build_cards(book, trial),
        "other_intents": _find_other_intents(book, trial),
    }


def _build_turn(attempt: Attempt, trial: Trial) -> dict[str, Any]:
    """What the little conversation shows and remembers once the message is sent."""
    decision = trial.decision
    return {
        "rule": decision.rule,
        "reply": decision.reply,
        "options": decision.options,
        "outcomes": build_outcomes(trial),
        "state": build_state(attempt, decision),
    }


def _build_side(trial: Trial) -> dict[str, Any]:
    title = "Draft" if trial.version.which == "draft" else "Live now"
    return {"trial": trial, "title": title, "outcomes": build_outcomes(trial)}


def _build_sides(
    attempt: Attempt, trial: Trial | None, other: Version | None
) -> list[dict[str, Any]]:
    """Both versions, the draft first, where they differ."""
    if trial is None or other is None or other.content_hash == trial.version.content_hash:
        return []
    second = try_briefly(other, attempt.situation)
    if second is None or find_kind(second.decision, trial.decision) is None:
        return []
    trials = sorted((trial, second), key=lambda each: each.version.which)
    return [_build_side(each) for each in trials]


def _build_cards(book: Rulebook, trial: Trial) -> list[dict[str, Any]]:
    """The rules to show, each with the draft's row behind it and whether it is stopped."""
    cards = build_cards(trial)
    names = [each.rule.name for each in cards]
    rows = dict(Rule.objects.filter(rulebook=book, name__in=names).values_list("name", "pk"))
    stopped = set(find_active(rulebook=book).values_list("rule", flat=True))
    return [
        {"of": each, "pk": rows.get(each.rule.name), "is_stopped": each.rule.name in stopped}
        for each in cards
    ]


def _build_recognised(book: Rulebook, trial: Trial) -> list[dict[str, Any]]:
    """The matches, each with the draft's row behind it."""
    names = {match.name for match in trial.matches}
    intents = dict(Intent.objects.filter(rulebook=book, name__in=names).values_list("name", "pk"))
    entities = dict(Entity.objects.filter(rulebook=book, name__in=names).values_list("name", "pk"))
    return [
        {"match": each, "pk": (entities if each.kind == "entity" else intents).get(each.name)}
        for each in trial.matches
    ]


def _find_other_intents(book: Rulebook, trial: Trial) -> list[str]:
    """Those that were not recognised: their example shows what is still missing."""
    names = Intent.objects.filter(rulebook=book).values_list("name", flat=True)
    return sorted(set(names) - set(trial.decision.intents))


@require_GET
def show_effects(request: HttpRequest) -> HttpResponse:
    """What the draft changes for messages that were really asked; loaded after the page."""
    book = get_book(request)
    live, draft = find_live_version(book), get_draft(book)
    effects = find_effects(book=book, live=live, draft=draft) if live else None
    context = {"effects": effects, "live": live, "draft": draft, "book": book}
    return render(request, "rules/effects.html", context)
