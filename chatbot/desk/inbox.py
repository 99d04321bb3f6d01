"""The desk's first page: what is mine, who waits, and what colleagues have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_GET

from chatbot.desk.gate import get_user
from chatbot.desk.waiting import (
    Page,
    Shelf,
    build_summary,
    count_waiting,
    parse_cursor,
    read_page,
)

TITLES = {
    Shelf.MINE: "Yours",
    Shelf.WAITING: "Waiting for a person",
    Shelf.OTHERS: "With colleagues",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One of the lists with its heading."""

    shelf: Shelf
    page: Page

    @property
    def title(self) -> str:
        return TITLES[self.shelf]


@require_GET
def show_inbox(request: HttpRequest) -> HttpResponse:
    context = _read_sections(request)
    context |= {"title": "Desk", "query": request.GET.urlencode()}
    return render(request, "desk/inbox.html", context)


@require_GET
def show_rows(request: HttpRequest) -> JsonResponse:
    """What the open page asks for every few seconds."""
    context = _read_sections(request)
    html = render_to_string("desk/inbox_rows.html", context, request)
    return JsonResponse(
        {"html": html, "summary": context["summary"], "waiting": context["waiting"]}
    )


def _read_sections(request: HttpRequest) -> dict[str, Any]:
    """All lists from their beginnings, or a later page of one."""
    user, now = get_user(request), timezone.now()
    after = parse_cursor(request.GET.get("after", ""))
    chosen = request.GET.get("show", "")
    is_later = after is not None and chosen in Shelf.__members__.values()
    shelves = [Shelf(chosen)] if is_later else list(Shelf)
    sections = [
        Section(
            shelf=shelf,
            page=read_page(shelf=shelf, user=user, now=now, after=after if is_later else None),
        )
        for shelf in shelves
    ]
    waiting = count_waiting()
    return {
        "sections": sections,
        "is_empty": not is_later and not any(section.page.rows for section in sections),
        "is_later": is_later,
        "waiting": waiting,
        "summary": build_summary(waiting),
    }
