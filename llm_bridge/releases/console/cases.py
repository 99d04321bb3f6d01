"""Stored cases in the console: a list, a form, a file to import, a button at each question."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget

from llm_bridge.releases.cases import MAX_FILE, CaseError, import_cases, record_case
from llm_bridge.releases.console.profiles import get_profile
from llm_bridge.releases.expectations import ExpectationError, parse_lines
from llm_bridge.releases.stages import find_question
from llm_bridge.releases.tables import ModelCase, ModelProfile

CHANGES = "admin:llm_bridge_modelcase_change"
LIST = "admin:llm_bridge_modelcase_changelist"


class LinesField(forms.CharField):
    """A list as lines of text, each something to look for in an answer."""

    def __init__(self, **kwargs: Any) -> None:
        widget = UnfoldAdminTextareaWidget(attrs={"rows": 3, "class": "desk-code"})
        super().__init__(required=False, widget=widget, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        try:
            return list(parse_lines(str(value or "").splitlines()))
        except ExpectationError as error:
            raise forms.ValidationError(str(error)) from error

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


class CaseForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    must_say = LinesField(
        label="The answer must say",
        help_text="One a line: words such as <code>30 days</code>, or an expression between "
        "slashes such as <code>/30 (days|Tage)/</code>. Upper and lower case are the same.",
    )
    must_not_say = LinesField(label="The answer must not say", help_text="The same.")

    class Meta:
        model = ModelCase
        fields = (
            "profile",
            "question",
            "language",
            "must_say",
            "must_not_say",
            "action",
            "is_canary",
        )
        labels = {"action": "What the model should do"}
        help_texts = {
            "question": "As a visitor writes it. It is asked with the articles of the first site.",
            "language": "Of a visitor whose question does not show it: en, de … Empty: the site's.",
            "action": "Empty: whatever it does.",
            "is_canary": "Asked on schedule, to notice when a provider's answers change.",
        }


class ModelCaseAdmin(ModelAdmin):  # type: ignore[misc]  # django-unfold is untyped
    form = CaseForm
    teaching: ClassVar = {
        "icon": "fact_check",
        "title": "No cases yet",
        "text": "A case is a question with what its answer must and must not say. A new model or "
        "prompt is tried on all of them before visitors meet it.",
        "add": "Write the first case",
    }
    list_display = ("shown", "wanted", "is_watched", "profile", "created_at")
    list_filter = ("is_canary", "profile")
    list_select_related = ("profile",)
    list_fullwidth = True
    list_before_template = "models/cases_import.html"
    search_fields = ("question",)
    warn_unsaved_form = True
    fieldsets = (
        (None, {"fields": ("question", "must_say", "must_not_say", "action")}),
        ("More", {"fields": ("language", "is_canary", "profile")}),
    )

    @display(description="question")
    def shown(self, case: ModelCase) -> str:
        return str(case)

    @display(description="expected")
    def wanted(self, case: ModelCase) -> str:
        parts = [f"says “{line}”" for line in case.must_say]
        parts += [f"not “{line}”" for line in case.must_not_say]
        parts += [case.get_action_display()] if case.action else []
        return "; ".join(parts)[:120] or "any answer"

    @display(description="canary", boolean=True)
    def is_watched(self, case: ModelCase) -> bool:
        return case.is_canary

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Where there is one profile, nobody has to choose it."""
        profiles = list(ModelProfile.objects.values_list("pk", flat=True)[:2])
        initial = {"profile": profiles[0]} if len(profiles) == 1 else {}
        return {**initial, **super().get_changeform_initial_data(request)}

    def save_model(self, request: HttpRequest, obj: ModelCase, form: Any, change: bool) -> None:
        if not change:
            obj.created_by = request.user
        super().save_model(request, obj, form, change)


@require_POST
def send_file(request: HttpRequest) -> HttpResponse:
    profile = get_profile(request)
    file = request.FILES.get("file")
    raw = file.read(MAX_FILE + 1) if file else b""
    try:
        count = import_cases(profile=profile, raw=raw, author=request.user)
    except CaseError as error:
        messages.error(request, f"Nothing was imported. {error}")
    else:
        messages.success(request, f"{count} new case{'' if count == 1 else 's'} imported.")
    return redirect(LIST)


@require_POST
def send_question(request: HttpRequest, exchange_id: UUID) -> HttpResponse:
    """A question from an exchange's page becomes a case; what is expected is said there."""
    found = find_question(exchange_id)
    if found is None:
        raise Http404("This question is not kept, or its site has no model profile.")
    try:
        case = record_case(
            profile=found.profile,
            question=found.text,
            language=found.language,
            reference=exchange_id,
            author=request.user,
        )
    except CaseError as error:
        messages.error(request, str(error))
        return redirect(LIST)
    messages.success(request, "Kept as a case. Say here what its answer must be like.")
    return redirect(CHANGES, case.pk)
