"""The bridge's pages in the console: help articles to write, and the ledger to read."""

from __future__ import annotations

from typing import ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.paginator import InfinitePaginator

from llm_bridge.approved.console import ApprovedReplyAdmin
from llm_bridge.knowledge.console.articles import ArticleAdmin
from llm_bridge.models import (
    ApprovedReply,
    Article,
    CachedAnswer,
    KnowledgeBase,
    ModelCall,
    ModelCase,
    ModelPrice,
    ModelProfile,
)
from llm_bridge.money.amounts import build_dollars
from llm_bridge.money.fields import PriceField
from llm_bridge.money.prices import LOCAL, UNKNOWN
from llm_bridge.providers.kinds import KINDS
from llm_bridge.releases.console.cases import ModelCaseAdmin

admin.site.register(ModelCase, ModelCaseAdmin)
admin.site.register(ApprovedReply, ApprovedReplyAdmin)
admin.site.register(Article, ArticleAdmin)


@admin.register(ModelProfile)
class ModelProfileAdmin(ModelAdmin):  # type: ignore[misc]  # django-unfold is untyped
    """Named here; what it says is edited, tried and published on pages of its own."""

    list_display = ("name", "live")
    fields = ("name",)

    def has_delete_permission(self, request: HttpRequest, obj: ModelProfile | None = None) -> bool:
        return False


@admin.register(KnowledgeBase)
class KnowledgeBaseAdmin(ModelAdmin):  # type: ignore[misc]  # django-unfold is untyped
    list_display = ("name",)
    search_fields = ("name",)


@admin.register(ModelCall)
class ModelCallAdmin(ModelAdmin):  # type: ignore[misc]  # django-unfold is untyped
    teaching: ClassVar = {
        "icon": "receipt_long",
        "title": "No model was asked yet",
        "text": "Each time a model is asked, one line says which, what it cost, how long it took "
        "and how it ended. What rules answer costs nothing and stands under Exchanges.",
    }
    list_display = (
        "started_at",
        "model",
        "outcome_label",
        "reason",
        "cost_shown",
        "prompt_tokens",
        "completion_tokens",
        "total_ms",
    )
    list_filter = ("outcome",)
    list_fullwidth = True
    show_full_result_count = False
    paginator = InfinitePaginator

    @display(
        description="outcome",
        label={
            "answered": "success",
            "failed": "danger",
            "cancelled": "warning",
            "lost": "danger",
        },
    )
    def outcome_label(self, call: ModelCall) -> tuple[str, str]:
        return call.outcome, call.get_outcome_display()

    @display(description="cost", ordering="cost")
    def cost_shown(self, call: ModelCall) -> str:
        about = "about " if call.is_cost_estimated else ""
        return f"{about}{build_dollars(call.cost)}"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ModelCall | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ModelCall | None = None) -> bool:
        return False


class ModelPriceForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """A price in dollars for a million tokens."""

    input = PriceField(label="Input", help_text="Dollars for a million tokens that it reads.")
    cached = PriceField(
        label="Repeated input",
        required=False,
        help_text="Dollars for a million of those that the provider had read before. Empty: as "
        "other input.",
    )
    output = PriceField(label="Output", help_text="Dollars for a million tokens that it writes.")

    class Meta:
        model = ModelPrice
        fields = ("provider", "model", "valid_from", "input", "cached", "output")

    def clean_provider(self) -> str:
        provider: str = self.cleaned_data["provider"].strip().lower()
        if provider not in {*KINDS, UNKNOWN, LOCAL}:
            known = ", ".join(sorted({*KINDS, UNKNOWN, LOCAL}))
            raise forms.ValidationError(f"“{provider}” is no kind of provider. There are: {known}.")
        return provider


@admin.register(ModelPrice)
class ModelPriceAdmin(ModelAdmin):  # type: ignore[misc]  # django-unfold is untyped
    form = ModelPriceForm
    teaching: ClassVar = {
        "icon": "sell",
        "title": "Prices come with Firstline",
        "text": "Calls are counted at the list prices of the common models. Write down a price "
        "here where you pay another, from the day it holds.",
        "add": "Set a price of your own",
    }
    list_display = ("model", "provider", "valid_from", "input_shown", "output_shown")
    list_filter = ("provider",)
    list_fullwidth = True
    search_fields = ("model",)

    @display(description="input", ordering="input")
    def input_shown(self, price: ModelPrice) -> str:
        return build_dollars(price.input)

    @display(description="output", ordering="output")
    def output_shown(self, price: ModelPrice) -> str:
        return build_dollars(price.output)


@admin.register(CachedAnswer)
class CachedAnswerAdmin(ModelAdmin):  # type: ignore[misc]  # django-unfold is untyped
    teaching: ClassVar = {
        "icon": "bookmark",
        "title": "No stored answers yet",
        "text": "A model's good answer to a first question is kept here and given again to whoever "
        "asks exactly the same, for nothing, until what it rests on changes.",
    }
    list_display = ("answer", "hits", "created_at", "expires_at")
    list_fullwidth = True
    show_full_result_count = False
    paginator = InfinitePaginator
    fields = ("text", "hits", "created_at", "expires_at", "reference", "model_release")

    @display(description="answer")
    def answer(self, stored: CachedAnswer) -> str:
        return stored.text if len(stored.text) <= 90 else f"{stored.text[:90]}…"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: CachedAnswer | None = None) -> bool:
        return False
