"""A rulebook's own page in the console: its name, what is too much for it, who must approve it."""

from __future__ import annotations

from typing import get_args

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from rules.draft import Stale, save_setting
from rules.draft.editing import Setting
from rules.models import Rulebook
from rules.rulebook.parts import Criterion

_MEANINGS: dict[Criterion, str] = {
    "two_intents": "Two wishes in one message",
    "asks_spent": "A question asked in vain",
    "repeated_rule": "The same rule twice in a row",
    "rejected_answer": "A rejected answer",
}


class RulebookForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    complex = forms.MultipleChoiceField(
        required=False,
        label="Too complex for rules",
        choices=[(criterion, _MEANINGS[criterion]) for criterion in get_args(Criterion)],
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text="Such a message goes to the model although a rule fits; rules that hand over to "
        "people go on, and so does one that names both wishes. A question asked in vain goes to a "
        "person otherwise. Part of the draft: visitors notice once it is published.",
    )

    class Meta:
        model = Rulebook
        fields = ("name", "complex", "four_eyes")
        labels = {"four_eyes": "Second person"}
        help_texts = {"four_eyes": "Has to approve before anything is published."}


class RulebookAdmin(ModelAdmin):  # type: ignore[misc]  # django-unfold is untyped
    form = RulebookForm
    list_display = ("name", "live", "four_eyes", "updated_at")
    fields = ("name", "complex", "four_eyes")

    def has_delete_permission(self, request: HttpRequest, obj: Rulebook | None = None) -> bool:
        return False

    def save_model(
        self, request: HttpRequest, obj: Rulebook, form: RulebookForm, change: bool
    ) -> None:
        """Settings are part of the draft's history, so each is saved as a change of its own."""
        if not change:
            super().save_model(request, obj, form, change)
            return
        Rulebook.objects.filter(pk=obj.pk).update(name=obj.name)
        for name in get_args(Setting):
            if name not in form.changed_data:
                continue
            try:
                save_setting(
                    rulebook=obj,
                    name=name,
                    value=form.cleaned_data[name],
                    before=form.initial[name],
                    author=request.user,
                )
            except Stale as problem:
                messages.error(request, str(problem))
