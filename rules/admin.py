"""The rulebook's pages in the console: the draft's pieces, and the releases made of it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin
from unfold.decorators import display

from rules.console.forms import EntityForm, IntentForm, PieceForm, RuleForm
from rules.draft import build_document
from rules.models import DraftPart, Entity, Intent, Release, Rule, Rulebook
from rules.releases import (
    PublishRefused,
    build_diff,
    build_hash,
    check_draft,
    publish,
    rollback,
)
from rules.rulebook.yaml_file import write_rulebook

MOST_WARNINGS = 5


class PieceAdmin(ModelAdmin):  # type: ignore[misc]  # django-unfold is untyped
    """What entities, intents and rules have in common: one form, checked in the whole draft."""

    list_fullwidth = True
    list_filter: tuple[str, ...] = ("rulebook",)
    list_select_related = ("rulebook",)
    search_fields = ("name",)
    warn_unsaved_form = True

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A new piece goes to the end; where there is one rulebook, nobody has to choose it."""
        books = list(Rulebook.objects.values_list("pk", flat=True)[:2])
        initial = {"rulebook": books[0]} if len(books) == 1 else {}
        last = self.model.objects.order_by("-position").values_list("position", flat=True).first()
        position = 0 if last is None else last + 1
        return {**initial, "position": position, **super().get_changeform_initial_data(request)}

    def save_model(
        self, request: HttpRequest, obj: DraftPart, form: PieceForm, change: bool
    ) -> None:
        super().save_model(request, obj, form, change)
        for problem in form.elsewhere[:MOST_WARNINGS]:
            messages.warning(request, f"Saved, but the draft has a problem elsewhere: {problem}.")


@admin.register(Entity)
class EntityAdmin(PieceAdmin):
    form = EntityForm
    list_display = ("name", "found_by", "example", "rulebook")
    fieldsets = (
        (None, {"fields": ("name", "values", "pattern", "builtin", "example")}),
        ("Place", {"fields": ("rulebook", "position")}),
    )

    @display(description="found by")
    def found_by(self, entity: Entity) -> str:
        return entity.pattern or entity.builtin or ", ".join(list(entity.values)[:6])


@admin.register(Intent)
class IntentAdmin(PieceAdmin):
    form = IntentForm
    list_display = ("name", "first_phrases", "sealed", "rulebook")
    list_filter = ("rulebook", "sealed")
    fieldsets = (
        (None, {"fields": ("name", "phrases", "avoid", "sealed")}),
        ("Proof", {"fields": ("examples", "counterexamples")}),
        ("Place", {"fields": ("rulebook", "position")}),
    )

    @display(description="phrases")
    def first_phrases(self, intent: Intent) -> str:
        return " · ".join(intent.phrases[:3]) + (" …" if len(intent.phrases) > 3 else "")


@admin.register(Rule)
class RuleAdmin(PieceAdmin):
    form = RuleForm
    list_display = ("name", "priority", "does", "rulebook")
    fieldsets = (
        (None, {"fields": ("name", "priority", "when", "then")}),
        ("Proof", {"fields": ("examples",)}),
        ("Place", {"fields": ("rulebook", "position")}),
    )

    @display(description="does")
    def does(self, rule: Rule) -> str:
        kinds = [str(key) for action in rule.then for key in action if key not in _DETAILS]
        return ", ".join(dict.fromkeys(kinds))


_DETAILS = {"options", "prompt", "retries", "value"}


@admin.register(Rulebook)
class RulebookAdmin(ModelAdmin):  # type: ignore[misc]  # django-unfold is untyped
    list_display = ("name", "live", "updated_at")
    fields = ("name",)

    def has_delete_permission(self, request: HttpRequest, obj: Rulebook | None = None) -> bool:
        return False


@admin.register(Release)
class ReleaseAdmin(ModelAdmin):  # type: ignore[misc]  # django-unfold is untyped
    """Releases are read, made and chosen here, never edited."""

    list_display = ("number_label", "live_label", "message", "author", "short_hash", "created_at")
    list_filter = ("rulebook",)
    list_select_related = ("rulebook", "author")
    list_fullwidth = True
    list_before_template = "desk/release_bar.html"
    ordering = ("-rulebook__updated_at", "-number")
    actions = None

    @display(description="release", ordering="number")
    def number_label(self, release: Release) -> str:
        return f"Release {release.number}"

    @display(description="state", label={"live": "success"})
    def live_label(self, release: Release) -> tuple[str, str]:
        return ("live", "Live") if release.rulebook.live_id == release.pk else ("", "Past")

    @display(description="content")
    def short_hash(self, release: Release) -> str:
        return release.content_hash[:10]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Release | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Release | None = None) -> bool:
        return False

    def get_custom_urls(self) -> tuple[tuple[str, str, Any], ...]:
        return (
            ("publish/<int:rulebook_id>/", "rules_release_publish", self.show_publish),
            ("<int:release_id>/make-live/", "rules_release_make_live", self.make_live),
        )

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        books = Rulebook.objects.select_related("live").order_by("name")
        extra = {**(extra_context or {}), "rulebooks": [_build_state(book) for book in books]}
        response: HttpResponse = super().changelist_view(request, extra)
        return response

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = Release.objects.select_related("rulebook", "author")
        release = get_object_or_404(rows, pk=object_id if object_id.isdecimal() else None)
        context = self._build_page(request, str(release)) | {
            "release": release,
            "original": release,
            "is_live": release.rulebook.live_id == release.pk,
            "content": write_rulebook(release.content),
        }
        return render(request, "desk/release.html", context)

    def show_publish(self, request: HttpRequest, rulebook_id: int, **_: Any) -> HttpResponse:
        """The draft's findings and a field for the message; publishes when it is sent."""
        _check_publisher(request)
        rulebook = get_object_or_404(Rulebook, pk=rulebook_id)
        findings: Any = ()
        message = request.POST.get("message", "").strip()[:500]
        if request.method == "POST" and message:
            try:
                release = publish(rulebook=rulebook, author=request.user, message=message)
            except PublishRefused as refused:
                findings = refused.findings
            else:
                messages.success(request, f"{release} is live.")
                return redirect("admin:rules_release_changelist")
        elif request.method == "GET":
            findings = check_draft(rulebook)
        context = self._build_page(request, "Publish the draft") | {
            **_build_state(rulebook),
            "diff": _build_diff(rulebook),
            "findings": findings,
            "message": message,
            "is_message_missing": request.method == "POST" and not message,
        }
        return render(request, "desk/publish.html", context)

    @method_decorator(require_POST)
    def make_live(self, request: HttpRequest, release_id: int, **_: Any) -> HttpResponse:
        _check_publisher(request)
        release = get_object_or_404(Release.objects.select_related("rulebook"), pk=release_id)
        rollback(rulebook=release.rulebook, number=release.number, author=request.user)
        messages.success(request, f"{release} is live again.")
        return redirect(reverse("admin:rules_release_changelist"))

    def _build_page(self, request: HttpRequest, title: str) -> dict[str, Any]:
        return {**self.admin_site.each_context(request), "title": title, "opts": self.opts}


def _build_state(rulebook: Rulebook) -> dict[str, Any]:
    """A rulebook with whether its draft says something else than what is live."""
    live = rulebook.live
    is_changed = live is None or build_hash(build_document(rulebook)) != live.content_hash
    return {"rulebook": rulebook, "is_changed": is_changed}


def _build_diff(rulebook: Rulebook) -> str:
    """What publishing would change; empty before the first release."""
    if rulebook.live is None:
        return ""
    return "".join(build_diff(rulebook=rulebook, a=str(rulebook.live.number), b="draft"))


def _check_publisher(request: HttpRequest) -> None:
    if not request.user.has_perm("rules.publish_release"):
        raise PermissionDenied
