"""The bridge's pages in the console: help articles to write, and the ledger to read."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.paginator import InfinitePaginator
from unfold.widgets import UnfoldAdminTextareaWidget

from llm_bridge.models import Article, KnowledgeBase, ModelCall, ModelCase, ModelProfile
from llm_bridge.releases.console.cases import ModelCaseAdmin


admin.site.register(ModelCase, ModelCaseAdmin)


@admin.register(ModelProfile)
class ModelProfileAdmin(ModelAdmin):  # type: ignore[misc]  # django-unfold is untyped
    """Named here; what it says is edited, tried and published on pages of its own."""

    list_display = ("name", "live")
    fields = ("name",)

    def has_delete_permission(self, request: HttpRequest, obj: ModelProfile | None = None) -> bool:
        return False


@admin.register(Article)
class ArticleAdmin(ModelAdmin):  # type: ignore[misc]  # django-unfold is untyped
    list_display = ("title", "base", "language", "is_enabled", "updated_at")
    list_filter = ("base", "enabled", "language")
    list_select_related = ("base",)
    list_fullwidth = True
    search_fields = ("title", "body")
    prepopulated_fields = {"slug": ("title",)}
    warn_unsaved_form = True
    formfield_overrides = {
        models.TextField: {
            "widget": UnfoldAdminTextareaWidget(attrs={"rows": 16, "class": "desk-code"})
        }
    }
    fieldsets = (
        (None, {"fields": ("title", "body", "enabled")}),
        ("Where it stands", {"fields": ("base", "slug", "url", "language")}),
    )

    @display(description="used", boolean=True, ordering="enabled")
    def is_enabled(self, article: Article) -> bool:
        return article.enabled

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Where there is one knowledge base, nobody has to choose it."""
        bases = list(KnowledgeBase.objects.values_list("pk", flat=True)[:2])
        initial = {"base": bases[0]} if len(bases) == 1 else {}
        return {**initial, **super().get_changeform_initial_data(request)}


@admin.register(KnowledgeBase)
class KnowledgeBaseAdmin(ModelAdmin):  # type: ignore[misc]  # django-unfold is untyped
    list_display = ("name",)
    search_fields = ("name",)


@admin.register(ModelCall)
class ModelCallAdmin(ModelAdmin):  # type: ignore[misc]  # django-unfold is untyped
    list_display = ("started_at", "model", "outcome_label", "reason", "total_ms", "prompt_tokens")
    list_filter = ("outcome",)
    list_fullwidth = True
    show_full_result_count = False
    paginator = InfinitePaginator

    @display(
        description="outcome",
        label={"answered": "success", "failed": "danger", "cancelled": "warning"},
    )
    def outcome_label(self, call: ModelCall) -> tuple[str, str]:
        return call.outcome, call.get_outcome_display()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ModelCall | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ModelCall | None = None) -> bool:
        return False
