"""The console's page for a site: its look, where it may be embedded, and when people are there."""

from __future__ import annotations

import re
from datetime import UTC
from typing import Any, ClassVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminSplitDateTimeWidget

from chatbot.conversations.models import Site
from chatbot.desk import guard_fields
from chatbot.desk.week import BadWeek, build_week_text, parse_week
from llm_bridge.models import KnowledgeBase, ModelProfile
from llm_bridge.money.fields import DollarsField
from rules.console.form_fields import LinesField
from rules.models import Rulebook

MAX_STARTERS = 6
MAX_ORIGINS = 50
NOTICE_TIMES = ("notice_from", "notice_until")
_HOST = re.compile(r"[a-z0-9.-]+|\[[0-9a-f:]+\]")


class HoursField(LinesField):
    """A week as lines of text; see `week`."""

    def write(self, value: Any) -> str:
        return build_week_text(value or {})

    def read(self, text: str) -> Any:
        try:
            return parse_week(text)
        except BadWeek as problem:
            raise forms.ValidationError(str(problem), code="week") from problem


class SiteForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """A site as people write it: lists one a line, hours as `mon-fri 09:00-17:00`."""

    starters = LinesField(
        rows=4,
        code=False,
        help_text=f"Questions to offer first, one a line, at most {MAX_STARTERS}.",
    )
    origins = LinesField(
        rows=3,
        help_text="Pages that may embed the chat, one origin a line, such as "
        "<code>https://shop.example</code>. Empty: only this server's own pages.",
    )
    hours = HoursField(
        rows=4,
        label="Business hours",
        help_text="Days and times, such as <code>mon-fri 09:00-12:00, 13:00-17:00</code>; days "
        "not named are closed. Empty: always open. Rules see it as the fact <code>hours</code>.",
    )

    budget_conversation = DollarsField(
        required=False,
        label="For one conversation",
        help_text="Dollars. Empty: as much as it takes.",
    )
    budget_day = DollarsField(
        required=False,
        label="For one day",
        help_text="Dollars, by the site's own clock. Empty: no limit.",
    )
    budget_month = DollarsField(
        required=False, label="For one month", help_text="Dollars. Empty: no limit."
    )

    class Meta:
        model = Site
        fields = (
            "name",
            "key",
            "origins",
            "bot_name",
            "greeting",
            "starters",
            "language",
            "timezone",
            "hours",
            "handover_line",
            "away_line",
            "notice",
            "notice_from",
            "notice_until",
            "model_enabled",
            "model_profile",
            "cache_enabled",
            *guard_fields.SWITCHES,
            "judge_enabled",
            "budget_conversation",
            "budget_day",
            "budget_month",
            "at_limit",
            "limit_line",
        )
        field_classes: ClassVar = {
            "notice_from": forms.SplitDateTimeField,
            "notice_until": forms.SplitDateTimeField,
        }
        widgets: ClassVar = {
            "notice_from": UnfoldAdminSplitDateTimeWidget,
            "notice_until": UnfoldAdminSplitDateTimeWidget,
        }
        labels = {
            "notice_from": "Show from",
            "notice_until": "Show until",
            "timezone": "Time zone",
            "model_enabled": "Use the model",
            "cache_enabled": "Give answers again",
            **guard_fields.LABELS,
            "at_limit": "At a limit visitors get",
            "limit_line": "The line",
        }
        help_texts = {
            "key": "Names the site in the line that embeds the chat; letters, digits and dashes.",
            "language": "Of visitors whose browser does not say: en, de, fr …",
            "timezone": "Of the business hours, such as Europe/Berlin.",
            "handover_line": "Said when a conversation goes to a person and somebody is online.",
            "away_line": "Said instead while nobody is online.",
            "notice": "One or two sentences above every chat, for an outage or a sale. Rules see "
            "it as the fact <code>notice</code>.",
            "notice_from": "By the site's clock. Empty: at once.",
            "notice_until": "Empty: until you clear it.",
            "model_enabled": "Questions that no rule answers go to the model.",
            "cache_enabled": "Exactly the same first question gets the model's stored answer, for "
            "a week at most, until an article it rests on changes or a visitor's thumb goes down.",
            **guard_fields.HELP,
            "at_limit": "Models that cost nothing are asked in any case.",
            "limit_line": "Said where a line is what visitors get.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """The notice's times are shown and written by the site's own clock."""
        super().__init__(*args, **kwargs)
        zone = ZoneInfo(self.instance.timezone)
        for name in NOTICE_TIMES:
            if moment := self.initial.get(name):
                self.initial[name] = moment.astimezone(zone).replace(tzinfo=UTC)

    def clean_starters(self) -> list[str]:
        starters: list[str] = self.cleaned_data["starters"]
        if len(starters) > MAX_STARTERS or any(len(line) > 120 for line in starters):
            raise forms.ValidationError(
                f"At most {MAX_STARTERS} questions of 120 characters each fit the chat."
            )
        return starters

    def clean_origins(self) -> list[str]:
        origins = [_parse_origin(line) for line in self.cleaned_data["origins"][:MAX_ORIGINS]]
        return list(dict.fromkeys(origins))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        zone = ZoneInfo(cleaned.get("timezone") or "UTC")
        for name in NOTICE_TIMES:
            if moment := cleaned.get(name):
                cleaned[name] = moment.replace(tzinfo=zone)
        start, until = cleaned.get("notice_from"), cleaned.get("notice_until")
        if start and until and until <= start:
            self.add_error("notice_until", "This is before it begins.")
        return cleaned

    def clean_timezone(self) -> str:
        name: str = self.cleaned_data["timezone"]
        if name not in available_timezones():
            raise forms.ValidationError(
                f"“{name}” is no time zone. Write one such as Europe/Berlin or UTC."
            )
        return name


@admin.register(Site)
class SiteAdmin(ModelAdmin):  # type: ignore[misc]  # django-unfold is untyped
    form = SiteForm
    list_display = ("name", "key", "language", "timezone", "model_enabled")
    list_fullwidth = True
    prepopulated_fields = {"key": ("name",)}
    warn_unsaved_form = True
    change_form_after_template = "desk/site_embed.html"
    fieldsets = (
        (None, {"fields": ("name", "key", "origins")}),
        ("Chat", {"fields": ("bot_name", "greeting", "starters", "language")}),
        ("People", {"fields": ("timezone", "hours", "handover_line", "away_line")}),
        ("Notice", {"fields": ("notice", "notice_from", "notice_until")}),
        ("Model", {"fields": ("model_enabled", "model_profile", "cache_enabled")}),
        (
            "What the model may say",
            {
                "description": "Held by the program, whatever the model makes of its "
                "instructions. What is withheld and why stands with each exchange.",
                "fields": (*guard_fields.SWITCHES, "judge_enabled"),
            },
        ),
        (
            "What the model may cost",
            {
                "fields": (
                    "budget_conversation",
                    "budget_day",
                    "budget_month",
                    "at_limit",
                    "limit_line",
                )
            },
        ),
    )

    def get_prepopulated_fields(self, request: HttpRequest, obj: Site | None = None) -> Any:
        # A key that pages embed already must not follow a change of name.
        return {} if obj else super().get_prepopulated_fields(request, obj)

    def save_model(self, request: HttpRequest, obj: Site, form: SiteForm, change: bool) -> None:
        """A new site starts with a rulebook and a knowledge base of its own; how models are asked
        it shares."""
        if not change:
            obj.rulebook = Rulebook.objects.create(name=obj.name)
            obj.knowledge = KnowledgeBase.objects.create(name=f"{obj.name} ({obj.key})")
            obj.model_profile = obj.model_profile or ModelProfile.objects.order_by("pk").first()
        super().save_model(request, obj, form, change)
        guard_fields.warn(request, obj)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        extra = {**(extra_context or {}), "loader_url": _build_loader_url(request)}
        response: HttpResponse = super().changeform_view(request, object_id, form_url, extra)
        return response

    def has_delete_permission(self, request: HttpRequest, obj: Site | None = None) -> bool:
        """Conversations keep their site; deleting one is not a matter of one click."""
        return False


def _build_loader_url(request: HttpRequest) -> str:
    path = reverse("widget-loader")
    return (
        f"{settings.PUBLIC_URL}{path}" if settings.PUBLIC_URL else request.build_absolute_uri(path)
    )


def _parse_origin(line: str) -> str:
    """`https://host[:port]` in lower case; anything more would never match a browser's origin."""
    parts = urlsplit(line.lower().rstrip("/"))
    try:
        is_sound = bool(_HOST.fullmatch(parts.hostname or "")) and parts.port != 0
    except ValueError:
        is_sound = False
    if not is_sound or parts.scheme not in {"http", "https"}:
        raise forms.ValidationError(f"“{line}” is no origin. Write it as https://shop.example.")
    if parts.path or parts.query or parts.fragment or parts.username:
        raise forms.ValidationError(
            f"“{line}” says more than an origin. Write only {parts.scheme}://{parts.netloc}."
        )
    return f"{parts.scheme}://{parts.netloc}"
