"""The draft's history: who changed what when, in words, and the way back."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from rules.console.books import build_page, get_book
from rules.console.wording import describe_change
from rules.draft import SECTIONS, CannotUndo, find_changes, find_obstacle, undo_change
from rules.models import DraftChange

PAGE = 30


@dataclass(frozen=True, slots=True)
class Entry:
    """One change in words; `obstacle` says why it cannot be undone now."""

    change: DraftChange
    title: str
    details: tuple[str, ...]
    obstacle: str | None
    url: str = ""


@require_GET
def show_history(request: HttpRequest) -> HttpResponse:
    """Of the whole draft, or of one piece of it."""
    book = get_book(request)
    rows = find_changes(rulebook=book)
    name = request.GET.get("name", "")
    if name:
        rows = rows.filter(name=name) | rows.filter(name_before=name)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    entries = [_build_entry(change) for change in page]
    context = build_page(request, "History", book, page=page, entries=entries, name=name)
    return render(request, "rules/history.html", context)


def _build_entry(change: DraftChange) -> Entry:
    title, details = describe_change(change)
    return Entry(
        change=change,
        title=title,
        details=details,
        obstacle=find_obstacle(change),
        url=_find_url(change),
    )


def _find_url(change: DraftChange) -> str:
    """Where the piece can be edited, if it is still there."""
    model = SECTIONS.get(change.section)
    if model is None or change.after is None:
        return ""
    rows = model._default_manager.filter(rulebook=change.rulebook_id, pk=change.piece_id or 0)
    row = rows.only("pk").first()
    return reverse(f"admin:rules_{model._meta.model_name}_change", args=[row.pk]) if row else ""


@require_POST
def send_undo(request: HttpRequest, change_id: int) -> HttpResponse:
    """Takes one change back, as a change of its own that can be undone as well."""
    try:
        done = undo_change(change_id=change_id, author=request.user)
    except DraftChange.DoesNotExist as error:
        raise Http404("There is no such change.") from error
    except CannotUndo as error:
        messages.error(request, str(error))
    else:
        title, _ = describe_change(done)
        messages.success(request, f"Undone. {title}", extra_tags=f"undo-{done.pk}")
    return redirect(find_way_back(request, reverse("rulebook:history")))


def offer_undo(request: HttpRequest, change: DraftChange | None) -> None:
    """The message that this request ends with has a button that takes the change back."""
    request.META["draft_change"] = str(change.pk) if change else ""


def find_undo_tag(request: HttpRequest) -> str:
    """For the message; empty where nothing was changed."""
    change = request.META.get("draft_change", "")
    return f"undo-{change}" if change else ""


def find_way_back(request: HttpRequest, otherwise: str) -> str:
    """The page that the form names, if it is one of ours."""
    wanted = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()})
    return wanted if wanted and is_ours else otherwise
