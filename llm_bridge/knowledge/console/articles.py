"""Articles in the console: a list that says what is due, a form, and a way to import files."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.contrib import admin
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget

from llm_bridge.knowledge.console.uploads import show_import
from llm_bridge.knowledge.tables import Article, KnowledgeBase, build_live
from llm_bridge.knowledge.vectors import is_installed


class ReviewFilter(admin.SimpleListFilter):
    """Those that somebody has to read again, and those that nobody will."""

    title = "review"
    parameter_name = "review"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("due", "Due"), ("later", "Later"), ("none", "No date")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Article]) -> QuerySet[Article]:
        today = timezone.localdate()
        chosen: dict[str, dict[str, Any]] = {
            "due": {"review_by__lte": today},
            "later": {"review_by__gt": today},
            "none": {"review_by": None},
        }
        return queryset.filter(**chosen.get(self.value() or "", {}))


class UseFilter(admin.SimpleListFilter):
    """What visitors may be told at this moment."""

    title = "used now"
    parameter_name = "used"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Yes"), ("no", "No")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Article]) -> QuerySet[Article]:
        live = build_live(now=timezone.now())
        if self.value() == "yes":
            return queryset.filter(live)
        # Excluding by dates that may be empty would leave those out as well.
        return queryset.exclude(pk__in=queryset.filter(live)) if self.value() == "no" else queryset


class ArticleAdmin(ModelAdmin):  # type: ignore[misc]  # django-unfold is untyped
    teaching: ClassVar = {
        "icon": "menu_book",
        "title": "No articles yet",
        "text": "What rules leave is answered from help articles: quoted word for word, or as the "
        "sources that a model must keep to. Begin with what customers ask most.",
        "add": "Write the first article",
    }
    list_display = ("title", "base", "category", "language", "use", "review", "updated_at")
    list_filter = ("base", ReviewFilter, UseFilter, "category", "language")
    list_select_related = ("base",)
    list_fullwidth = True
    list_before_template = "knowledge/articles_head.html"
    search_fields = ("title", "body", "category", "owner_note")
    prepopulated_fields = {"slug": ("title",)}
    warn_unsaved_form = True
    readonly_fields = ("comes_from",)
    formfield_overrides = {
        models.TextField: {
            "widget": UnfoldAdminTextareaWidget(attrs={"rows": 16, "class": "desk-code"})
        }
    }
    fieldsets = (
        (None, {"fields": ("title", "body", "enabled")}),
        ("Where it stands", {"fields": ("base", "slug", "url", "language", "category")}),
        ("When it holds", {"fields": ("valid_from", "valid_until")}),
        ("Who looks after it", {"fields": ("review_by", "owner_note", "comes_from")}),
    )

    @display(
        description="used",
        label={"yes": "success", "off": "danger", "not yet": "warning", "over": "warning"},
    )
    def use(self, article: Article) -> tuple[str, str]:
        return find_use(article)

    @display(description="review", label={"due": "danger", "later": "info"}, ordering="review_by")
    def review(self, article: Article) -> tuple[str, str] | str:
        return find_review(article, today=timezone.localdate())

    @display(description="imported")
    def comes_from(self, article: Article) -> str | SafeString:
        if not article.origin_key:
            return "Written here."
        return f"From “{article.origin}”: {article.origin_key}"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(show_import)
        return [path("import/", view, name="llm_bridge_article_import"), *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        """Says so where articles are searched by words alone."""
        context = {**(extra_context or {}), "has_vectors": is_installed()}
        return super().changelist_view(request, context)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Where there is one knowledge base, nobody has to choose it."""
        bases = list(KnowledgeBase.objects.values_list("pk", flat=True)[:2])
        initial = {"base": bases[0]} if len(bases) == 1 else {}
        return {**initial, **super().get_changeform_initial_data(request)}


def find_use(article: Article) -> tuple[str, str]:
    """A code for the colour, and the words."""
    now = timezone.now()
    if not article.enabled:
        return "off", "no: its page is gone" if article.vanished_at else "no: switched off"
    if article.valid_from and article.valid_from > now:
        return "not yet", f"not before {article.valid_from:%d %b %Y}"
    if article.valid_until and article.valid_until <= now:
        return "over", f"no longer: ended {article.valid_until:%d %b %Y}"
    return "yes", "yes"


def find_review(article: Article, *, today: date) -> tuple[str, str] | str:
    if article.review_by is None:
        return ""
    if article.review_by <= today:
        return "due", f"due since {article.review_by:%d %b %Y}"
    return "later", f"{article.review_by:%d %b %Y}"
