"""Releases in the console: which is live, all that ever were, and the way back to one of them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin

from rules.console.books import build_page, get_book
from rules.draft import build_document
from rules.models import Release, Rulebook
from rules.releases import build_hash, rollback
from rules.rulebook.yaml_file import write_rulebook

LISTED = 100
LATEST = 12  # times something went live


class ReleaseAdmin(ModelAdmin):  # type: ignore[misc]  # django-unfold is untyped
    """Releases are read, compared and chosen here, never edited."""

    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Release | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Release | None = None) -> bool:
        return False

    def get_custom_urls(self) -> tuple[tuple[str, str, Any], ...]:
        return (("<int:release_id>/make-live/", "rules_release_make_live", self.make_live),)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        book = get_book(request)
        rows = book.releases.select_related("author", "approved_by").defer("content")
        times = list(book.activations.select_related("release", "author")[:LATEST])
        earlier = _find_earlier(book, times)
        context = build_page(
            request,
            "Releases",
            book,
            releases=rows.order_by("-number")[:LISTED],
            times=times,
            published=request.GET.get("published", ""),
            earlier=earlier,
            back_label=f"Back to release {earlier.number}" if earlier else "",
            is_changed=is_changed(book),
        )
        return render(request, "rules/releases.html", context)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = Release.objects.select_related("rulebook", "rulebook__live", "author", "approved_by")
        release = get_object_or_404(rows, pk=object_id if object_id.isdecimal() else None)
        context = build_page(
            request,
            str(release),
            release.rulebook,
            release=release,
            original=release,
            is_live=release.rulebook.live_id == release.pk,
            content=write_rulebook(release.content),
        )
        return render(request, "rules/release.html", context)

    @method_decorator(require_POST)
    def make_live(self, request: HttpRequest, release_id: int, **_: Any) -> HttpResponse:
        if not request.user.has_perm("rules.publish_release"):
            raise PermissionDenied
        release = get_object_or_404(Release.objects.select_related("rulebook"), pk=release_id)
        rollback(rulebook=release.rulebook, number=release.number, author=request.user)
        messages.success(request, f"{release} is live again. The draft stays as it is.")
        return redirect(reverse("admin:rules_release_changelist"))


def is_changed(book: Rulebook) -> bool:
    """Whether the draft says something else than what is live."""
    return book.live is None or build_hash(build_document(book)) != book.live.content_hash


def _find_earlier(book: Rulebook, times: list[Any]) -> Release | None:
    """What was live before: where one click goes back to."""
    releases = (time.release for time in times)
    return next((each for each in releases if each and each.pk != book.live_id), None)
