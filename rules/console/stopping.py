"""Stop that now: a rule, the model or the whole bot, at once and past every gate."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from rules.console.books import build_page, get_book
from rules.console.history import find_way_back
from rules.models import Pause, Rulebook
from rules.releases import find_active, pause, resume

MOST_REASON = 500  # characters
LISTED = 50
NAMES = {Pause.Kind.MODEL: "The model", Pause.Kind.BOT: "The bot"}


@require_GET
def show_stops(request: HttpRequest) -> HttpResponse:
    book = get_book(request)
    active = list(find_active(rulebook=book))
    stopped = {row.rule for row in active if row.kind == Pause.Kind.RULE}
    ended = book.pauses.exclude(ended_at=None).select_related("paused_by", "ended_by")
    context = build_page(
        request,
        "Stop that now",
        book,
        active=active,
        ended=ended.order_by("-ended_at")[:LISTED],
        kinds={row.kind for row in active},
        rules=[name for name in _find_live_rules(book) if name not in stopped],
    )
    return render(request, "rules/stops.html", context)


def _find_live_rules(book: Rulebook) -> list[str]:
    """The rules that answer now: what only the draft has need not be stopped."""
    content = book.live.content if book.live else {}
    return sorted(rule["name"] for rule in content.get("rules") or ())


@require_POST
def send_pause(request: HttpRequest) -> HttpResponse:
    book = get_book(request)
    kind, rule = request.POST.get("kind", ""), request.POST.get("rule", "")
    reason = request.POST.get("reason", "").strip()[:MOST_REASON]
    try:
        row = pause(rulebook=book, kind=kind, rule=rule, reason=reason, author=request.user)
    except ValueError:
        messages.error(request, "Nothing was stopped: choose what to stop.")
    else:
        messages.success(request, f"{name_pause(row)} is stopped, everywhere within two seconds.")
    return redirect(find_way_back(request, reverse("rulebook:stops")))


@require_POST
def send_resume(request: HttpRequest, pause_id: int) -> HttpResponse:
    row = get_object_or_404(Pause, pk=pause_id)
    resume(pause=row, author=request.user)
    messages.success(request, f"{name_pause(row)} works again, everywhere within two seconds.")
    return redirect(find_way_back(request, reverse("rulebook:stops")))


def name_pause(row: Pause) -> str:
    return NAMES.get(Pause.Kind(row.kind)) or f"The rule {row.rule}"
