"""The console's page for a site's principles, and the box that tries a draft on all guards."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from chatbot.conversations.models import Site
from chatbot.conversations.principles import Principle
from chatbot.desk.draft_verdicts import build_verdict
from llm_bridge.guards.grounding.vocabulary import LANGUAGES
from llm_bridge.guards.principles import MAX_LINES, PrincipleError, parse_line
from rules.console.form_fields import LinesField

MAX_PRINCIPLES = 30  # of one site: each stands in every prompt
MAX_DRAFT = 4_000  # characters


class GuardedLinesField(LinesField):
    """Words and patterns, one a line, each one that can be looked for."""

    def read(self, text: str) -> Any:
        lines = super().read(text)
        if len(lines) > MAX_LINES:
            raise forms.ValidationError(f"At most {MAX_LINES} lines.")
        try:
            return [parse_line(line) for line in lines]
        except PrincipleError as problem:
            raise forms.ValidationError(str(problem), code="line") from problem


class PrincipleForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """A principle as people write it: lists one a line."""

    forbidden = GuardedLinesField(
        rows=4,
        label="An answer must not say",
        help_text="One a line: words such as <code>cheaper than</code>, the beginning of a word "
        "such as <code>diagnos*</code>, or a pattern between slashes such as "
        "<code>/better than \\w+/</code>. Upper and lower case and accents are the same.",
    )
    required = GuardedLinesField(
        rows=2,
        label="An answer has to say one of these",
        help_text="The same. Empty: nothing. Questions back and handovers need not.",
    )
    languages = LinesField(
        rows=2,
        label="Languages of these lines",
        help_text=f"One a line: {', '.join(LANGUAGES)}. Empty: they count in all.",
    )

    class Meta:
        model = Principle
        fields = (
            "site",
            "name",
            "text",
            "forbidden",
            "required",
            "languages",
            "is_judged",
            "is_enabled",
        )
        widgets: ClassVar = {"text": UnfoldAdminTextareaWidget(attrs={"rows": 3})}
        labels = {
            "text": "What the model is told",
            "is_judged": "Let a second model judge it",
            "is_enabled": "In force",
        }
        help_texts = {
            "name": "Such as “No comparisons”; reviewers read it where an answer broke it.",
            "text": "One or two plain sentences, such as: Never compare us with other shops.",
            "is_judged": "Only where the site's settings let a model judge. For what words alone "
            "cannot tell, such as advice about illness.",
        }

    def clean_languages(self) -> list[str]:
        languages = [line.lower() for line in self.cleaned_data["languages"]]
        if unknown := sorted(set(languages) - set(LANGUAGES)):
            raise forms.ValidationError(
                f"“{unknown[0]}” is none of {', '.join(LANGUAGES)}: lines without a language "
                "count in all."
            )
        return languages

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        site = cleaned.get("site")
        if site and not self.instance.pk and site.principles.count() >= MAX_PRINCIPLES:
            self.add_error(None, f"A site has at most {MAX_PRINCIPLES} principles.")
        return cleaned


class DraftForm(forms.Form):
    """What the box takes."""

    site: forms.ModelChoiceField[Site] = forms.ModelChoiceField(
        Site.objects.order_by("name"), empty_label=None, widget=UnfoldAdminSelectWidget
    )
    question = forms.CharField(
        max_length=MAX_DRAFT,
        required=False,
        label="The visitor's question",
        help_text="Finds the articles that the draft is held against. Empty: the draft itself "
        "finds them.",
        widget=UnfoldAdminTextInputWidget,
    )
    draft = forms.CharField(
        max_length=MAX_DRAFT, widget=UnfoldAdminTextareaWidget(attrs={"rows": 4})
    )


@admin.register(Principle)
class PrincipleAdmin(ModelAdmin):  # type: ignore[misc]  # django-unfold is untyped
    form = PrincipleForm
    teaching: ClassVar = {
        "icon": "policy",
        "title": "No principles yet",
        "text": "What no answer of a model may do, in your own words: “Never compare us with other "
        "shops.” The model is told, and every draft is checked against it.",
        "add": "Write the first principle",
    }
    list_display = ("name", "told", "held", "site", "is_enabled")
    list_filter = ("site",)
    list_select_related = ("site",)
    list_fullwidth = True
    list_before_template = "desk/draft_box.html"
    search_fields = ("name", "text")
    warn_unsaved_form = True
    fieldsets = (
        (None, {"fields": ("name", "text", "site", "is_enabled")}),
        ("Held whatever the model does", {"fields": ("forbidden", "required", "languages")}),
        ("Judged", {"fields": ("is_judged",)}),
    )

    @display(description="the model is told")
    def told(self, principle: Principle) -> str:
        return principle.text[:120]

    @display(description="held by")
    def held(self, principle: Principle) -> str:
        parts = [f"not “{line}”" for line in principle.forbidden]
        parts += [f"one of “{line}”" for line in principle.required]
        parts += ["a model"] if principle.is_judged else []
        return "; ".join(parts)[:120] or "the prompt alone"

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Where there is one site, nobody has to choose it."""
        sites = list(Site.objects.values_list("pk", flat=True)[:2])
        initial = {"site": sites[0]} if len(sites) == 1 else {}
        return {**initial, **super().get_changeform_initial_data(request)}

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.try_draft)
        urls: list[URLPattern] = super().get_urls()
        return [path("try/", view, name="conversations_principle_try"), *urls]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        extra = {
            **(extra_context or {}),
            "draft_form": DraftForm(auto_id="draft-%s"),
            "draft_url": _get_url(),
        }
        response: HttpResponse = super().changelist_view(request, extra)
        return response

    def try_draft(self, request: HttpRequest) -> HttpResponse:
        """What the guards make of a draft; nothing of it is kept."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        data = request.POST if request.method == "POST" else None
        form = DraftForm(data, auto_id="draft-%s")
        verdict = None
        if form.is_valid():
            verdict = build_verdict(
                site=form.cleaned_data["site"],
                question=form.cleaned_data["question"],
                draft=form.cleaned_data["draft"],
            )
        context = {
            **self.admin_site.each_context(request),
            "title": "Try a draft",
            "draft_form": form,
            "draft_url": _get_url(),
            "verdict": verdict,
        }
        return render(request, "desk/draft_try.html", context)


def _get_url() -> str:
    return reverse("admin:conversations_principle_try")
