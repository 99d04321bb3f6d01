"""The draft as a form: models in order, what counts as hard, the company's words, parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from django import forms

from llm_bridge.plan import MAX_CHOICES, MAX_PROMPT, Choice, HardWhen, Parameters, Plan
from llm_bridge.providers.configuration import ProviderConfig

EFFORTS = ("none", "minimal", "low", "medium", "high")


class ChoiceForm(forms.Form):
    """One place in an order; a row without a provider is no place."""

    provider = forms.ChoiceField(required=False)
    model = forms.CharField(required=False, max_length=200)
    reasoning_effort = forms.ChoiceField(
        required=False, label="Effort", choices=[("", "as set"), *((e, e) for e in EFFORTS)]
    )

    def __init__(self, *args: Any, providers: Sequence[ProviderConfig], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.providers = {config.name: config for config in providers}
        # One that is gone stays to be seen, and is refused where it stands.
        gone = {self.initial.get("provider"), self._sent()} - {None, "", *self.providers}
        self.fields["provider"].choices = [  # type: ignore[attr-defined]  # it is a ChoiceField
            ("", "–"),
            *((name, name) for name in self.providers),
            *((name, f"{name} (not configured)") for name in sorted(map(str, gone))),
        ]
        listed = f"{self.prefix}-models"
        self.fields["model"].widget.attrs.update(
            {"list": listed, "placeholder": "the provider's own", "autocomplete": "off"}
        )
        for bound in self:
            error = f"{bound.auto_id}-error"
            if self.is_bound and bound.errors:
                bound.field.widget.attrs.update({"aria-invalid": "true", "aria-describedby": error})

    def _sent(self) -> str | None:
        return self.data.get(self.add_prefix("provider")) if self.is_bound else None

    @property
    def known_models(self) -> list[str]:
        """To be offered while typing."""
        configs = self.providers.values()
        return sorted({name for each in configs for name in (each.model, *each.models) if name})

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        name, model = cleaned.get("provider", ""), cleaned.get("model", "").strip()
        if not name:
            if model:
                self.add_error("provider", "Choose the provider that has this model.")
            return cleaned
        config = self.providers.get(name)
        if config is None:
            self.add_error("provider", f"{name} is not configured on this server.")
        elif model and config.models and model not in (config.model, *config.models):
            listed = ", ".join(config.models[:5])
            self.add_error("model", f"{name} may be asked for these: {listed}.")
        return cleaned


class BaseChoices(forms.BaseFormSet):  # type: ignore[type-arg]  # generic in the stubs only
    """The places in their order; the same model twice is one too many."""

    def clean(self) -> None:
        if any(self.errors):
            return
        choices = [read_choice(form.cleaned_data) for form in self.forms]
        seen: set[Choice] = set()
        for form, choice in zip(self.forms, choices, strict=True):
            if choice in seen and choice:
                form.add_error("provider", "This one stands here twice.")
            if choice:
                seen.add(choice)

    @property
    def choices(self) -> tuple[Choice, ...]:
        listed = (read_choice(form.cleaned_data) for form in self.forms)
        return tuple(each for each in listed if each)


ChoiceForms = cast(
    "type[BaseChoices]",
    forms.formset_factory(
        ChoiceForm, formset=BaseChoices, extra=1, max_num=MAX_CHOICES, validate_max=True
    ),
)


def read_choice(cleaned: Mapping[str, Any]) -> Choice | None:
    if not cleaned.get("provider"):
        return None
    return Choice(
        cleaned["provider"], cleaned["model"].strip(), cleaned.get("reasoning_effort", "")
    )


class PlanForm(forms.Form):
    """Everything of a plan but its models."""

    prompt = forms.CharField(
        required=False,
        max_length=MAX_PROMPT,
        label="What the model should know of you",
        widget=forms.Textarea(attrs={"rows": 8, "data-counted": "", "spellcheck": "true"}),
        help_text="Your tone and what you never do. It stands below our own rules, which it cannot "
        "lift. Facts belong into help articles: only what stands there may be said.",
    )
    words = forms.IntegerField(required=False, min_value=1, max_value=1000)
    questions = forms.IntegerField(required=False, min_value=1, max_value=1000)
    unanswered = forms.IntegerField(required=False, min_value=1, max_value=1000)
    no_source = forms.BooleanField(required=False)
    temperature = forms.FloatField(
        min_value=0,
        max_value=2,
        label="Freedom of wording",
        help_text="0 says the same again and again, 1 varies. Answers to customers: 0 to 0.3.",
        widget=forms.NumberInput(attrs={"step": "0.1"}),
    )
    max_tokens = forms.IntegerField(
        min_value=1,
        max_value=8000,
        label="Longest answer, in tokens",
        help_text="700 are about 500 words. Models that think first spend some of it on that.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for bound in self:
            parts = [f"{bound.auto_id}-help"] if bound.help_text else []
            if self.is_bound and bound.errors:
                parts.append(f"{bound.auto_id}-error")
                bound.field.widget.attrs["aria-invalid"] = "true"
            if parts:
                bound.field.widget.attrs["aria-describedby"] = " ".join(parts)


class DraftForm:
    """The three forms of a draft as one."""

    def __init__(
        self,
        *,
        providers: Sequence[ProviderConfig],
        plan: Plan | None = None,
        data: Mapping[str, Any] | None = None,
    ) -> None:
        known = {"providers": providers}
        initial = _build_initial(plan) if plan else {}
        self.plan = PlanForm(data, initial=initial)
        self.choices = ChoiceForms(
            data, prefix="choices", initial=_list(plan.choices if plan else ()), form_kwargs=known
        )
        self.hard = ChoiceForms(
            data, prefix="hard", initial=_list(plan.hard_choices if plan else ()), form_kwargs=known
        )

    def is_valid(self) -> bool:
        valid = [each.is_valid() for each in (self.plan, self.choices, self.hard)]
        if not all(valid):
            return False
        if not self.choices.choices:
            self.choices.forms[0].add_error("provider", "Choose at least one model to ask.")
            return False
        if self.hard.choices and not any(self._get_criteria().values()):
            self.plan.add_error("no_source", "Say what a hard question is, or ask no model for it.")
            return False
        return True

    def build_plan(self) -> Plan:
        """What a valid form says."""
        cleaned = self.plan.cleaned_data
        return Plan(
            release=None,
            choices=self.choices.choices,
            hard_choices=self.hard.choices,
            hard_when=HardWhen(**self._get_criteria()),
            prompt=cleaned["prompt"].replace("\r\n", "\n").strip(),
            parameters=Parameters(
                temperature=cleaned["temperature"], max_tokens=cleaned["max_tokens"]
            ),
        )

    def _get_criteria(self) -> dict[str, Any]:
        names = ("words", "questions", "unanswered", "no_source")
        return {name: self.plan.cleaned_data[name] for name in names}


def _build_initial(plan: Plan) -> dict[str, Any]:
    when = plan.hard_when
    return {
        "prompt": plan.prompt,
        "words": when.words,
        "questions": when.questions,
        "unanswered": when.unanswered,
        "no_source": when.no_source,
        "temperature": plan.parameters.temperature,
        "max_tokens": plan.parameters.max_tokens,
    }


def _list(choices: Sequence[Choice]) -> list[dict[str, str]]:
    return [
        {
            "provider": each.provider,
            "model": each.model,
            "reasoning_effort": each.reasoning_effort,
        }
        for each in choices
    ]
