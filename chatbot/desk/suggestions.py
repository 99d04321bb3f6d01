"""Rule suggestions: what visitors ask again and again, with the way to a rule that answers it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET, require_POST

from chatbot.conversations.models import Event, Exchange, Site
from chatbot.desk.markup import build_html
from llm_bridge import suggestions
from llm_bridge.cache.keys import normalise
from llm_bridge.lexicon import build_terms
from llm_bridge.models import RuleSuggestion
from rules.language.facts import is_name
from rules.models import Intent

READ = ("rules.view_rule", "conversations.view_exchange")
EDIT = "rules.change_rule"
PAGE = 20  # suggestions
SHOWN = 8  # questions of one, the newest
EXAMPLES = 5  # in the address of a form
# Proxies refuse longer addresses; what does not fit is copied by hand.
MAX_ADDRESS = 6_000

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What was asked, once however often it was asked so."""

    text: str
    exchange_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """One suggestion as its card shows it, with the forms that it opens."""

    row: RuleSuggestion
    site: Site
    questions: Sequence[Question]
    answer: SafeString
    intent: str
    has_intent: bool
    intent_url: str
    rule_url: str
    reply_url: str

    @property
    def near(self) -> int:
        return self.row.count - self.row.repeats


@require_GET
def show_suggestions(request: HttpRequest) -> HttpResponse:
    is_dismissed = request.GET.get("shown") == "dismissed"
    sites = {site.pk: site for site in Site.objects.all()}
    found = suggestions.find_suggestions(payers=list(sites), is_dismissed=is_dismissed)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        **admin.site.each_context(request),
        "title": "Rule suggestions",
        "page": page,
        "suggestions": build_suggestions(list(page), sites),
        "is_dismissed": is_dismissed,
        "has_several_sites": len(sites) > 1,
    }
    request.current_app = admin.site.name
    return render(request, "desk/suggestions.html", context)


@require_POST
def send_dismissal(request: HttpRequest, suggestion_id: int) -> HttpResponse:
    """Dismisses one, or with `undo` shows it again."""
    is_undone = "undo" in request.POST
    now = None if is_undone else timezone.now()
    if not suggestions.dismiss(suggestion_id=suggestion_id, author=request.user, now=now):
        raise Http404("There is no such suggestion any more.")
    shown = "?shown=dismissed" if is_undone else ""
    return redirect(f"{reverse('suggestions')}{shown}")


suggestions_page = admin.site.admin_view(
    permission_required(READ, raise_exception=True)(show_suggestions)
)
dismissal_page = admin.site.admin_view(
    permission_required(EDIT, raise_exception=True)(send_dismissal)
)


def build_suggestions(rows: Sequence[RuleSuggestion], sites: dict[int, Site]) -> list[Suggestion]:
    asked = {row.pk: [each.reference for each in row.askings.all()[:SHOWN]] for row in rows}
    references = {each for listed in asked.values() for each in listed}
    texts = read_questions({*references, *(row.reference for row in rows)})
    return [
        _build(row, sites[row.payer], _join([row.reference, *asked[row.pk]], texts)) for row in rows
    ]


def read_questions(exchange_ids: Iterable[UUID]) -> dict[UUID, str]:
    """What was asked in each exchange; one that was erased is not there."""
    rows = Exchange.objects.filter(pk__in=list(exchange_ids))
    places = {(row.conversation_id, row.question_seq): row.pk for row in rows}
    events = Event.objects.filter(
        conversation_id__in={conversation_id for conversation_id, _ in places},
        seq__in={seq for _, seq in places},
    )
    return {
        places[place]: event.text
        for event in events
        if (place := (event.conversation_id, event.seq)) in places and event.text
    }


def _join(references: Iterable[UUID], texts: dict[UUID, str]) -> list[Question]:
    """The questions in their order, the stored answer's own first, those in the same words once."""
    found: dict[str, Question] = {}
    for reference in references:
        if text := texts.get(reference):
            found.setdefault(normalise(text), Question(text=text, exchange_id=reference))
    return list(found.values())


def _build(row: RuleSuggestion, site: Site, questions: Sequence[Question]) -> Suggestion:
    texts = [each.text for each in questions]
    intent = build_intent_name(texts[0] if texts else "")
    return Suggestion(
        row=row,
        site=site,
        questions=questions,
        answer=build_html(row.answer),
        intent=intent,
        has_intent=Intent.objects.filter(rulebook=site.rulebook_id, name=intent).exists(),
        intent_url=_build_intent_url(site, intent, texts),
        rule_url=_build_rule_url(site, intent, texts, row.answer),
        reply_url=_build_address(
            "admin:llm_bridge_approvedreply_add",
            {"base": site.knowledge_id, "text": row.answer, "questions": "\n".join(texts)},
        ),
    )


def build_intent_name(question: str) -> str:
    """A name to begin with: what the question is about, in four words."""
    words = [word for word in _WORD.findall(question.lower()) if build_terms(word)]
    name = "_".join(words[:4])[:60]
    return name if is_name(name) else "asked_again"


def _build_intent_url(site: Site, intent: str, texts: Sequence[str]) -> str:
    """The first question's words are its first phrase: they recognise it, and can be loosened."""
    phrase = " ".join(_WORD.findall(texts[0])) if texts else ""
    fields = {"rulebook": site.rulebook_id, "name": intent, "phrases": phrase}
    examples = "\n".join(" ".join(text.split()) for text in texts[:EXAMPLES])
    return _build_address("admin:rules_intent_add", {**fields, "examples": examples})


def _build_rule_url(site: Site, intent: str, texts: Sequence[str], answer: str) -> str:
    fields = {
        "rulebook": site.rulebook_id,
        "name": f"answer_{intent}"[:64],
        "when": json.dumps({"all": [{"intent": intent}]}),
        "then": json.dumps([{"reply": answer}], ensure_ascii=False),
    }
    examples = [{"text": texts[0], "expect": fields["name"]}] if texts else []
    return _build_address(
        "admin:rules_rule_add", {**fields, "examples": json.dumps(examples, ensure_ascii=False)}
    )


def _build_address(page: str, fields: dict[str, Any]) -> str:
    """The form with these fields filled in; the last ones are left out where it gets too long."""
    kept = dict(fields)
    while len(address := f"{reverse(page)}?{urlencode(kept)}") > MAX_ADDRESS and kept:
        kept.popitem()
    return address
