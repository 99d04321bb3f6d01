"""Which rulebook a page of the console is about, and what every such page shows."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import F
from django.http import Http404, HttpRequest

from rules.models import Rulebook

_KEY = "rulebook"  # in the address, and in the session for the pages that follow


def get_book(request: HttpRequest) -> Rulebook:
    """The one named in the address, else the one looked at last, else the first; raises Http404."""
    books = Rulebook.objects.select_related("live", "live__author")
    books = books.order_by(F("live").asc(nulls_last=True), "pk")  # what answers somebody first
    named = request.GET.get(_KEY) or request.POST.get(_KEY)
    if named:
        book = books.filter(pk=int(named) if named.isdecimal() else 0).first()
    else:
        remembered = books.filter(pk=request.session.get(_KEY, 0)).first()
        book = remembered or books.first()
    if book is None:
        raise Http404("There is no such rulebook.")
    request.session[_KEY] = book.pk
    return book


def build_page(request: HttpRequest, title: str, book: Rulebook, **context: Any) -> dict[str, Any]:
    """A page's context; `books` is empty where there is nothing to choose."""
    books = list(Rulebook.objects.order_by("name"))
    return {
        **admin.site.each_context(request),
        "title": title,
        "book": book,
        "books": books if len(books) > 1 else [],
        **context,
    }
