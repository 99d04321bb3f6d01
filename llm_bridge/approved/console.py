"""Approved replies in the console: a list that teaches, a form that refuses what cannot hold."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSplitDateTimeWidget, UnfoldAdminTextareaWidget

from llm_bridge.approved.recording import ReplyError, check_reply, parse_questions, parse_text
from llm_bridge.approved.tables import MAX_QUESTION, ApprovedReply
from llm_bridge.models import KnowledgeBase

STATES = {"given": "success", "later": "info", "over": "warning", "off": "danger"}


class QuestionsField(forms.CharField):
    """A list of questions as lines of text."""

    def __init__(self, **kwargs: Any) -> None:
        widget = UnfoldAdminTextareaWidget(attrs={"rows": 5})
        super().__init__(widget=widget, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(map(str, value)) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        try:
            return parse_questions(str(super().clean(value)).splitlines())
        except ReplyError as error:
            raise forms.ValidationError(str(error)) from error

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


class ReplyForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    questions = QuestionsField(
        label="What customers ask",
        error_messages={"required": "Write down at least one question."},
        help_text="One a line, as customers write it. Capitals and politeness do not matter;"
        " “how”, “when”, “not” and “before” do. Several wordings find more. At most"
        f" {MAX_QUESTION} characters each.",
    )

    class Meta:
        model = ApprovedReply
        fields = (
            "base",
            "questions",
            "text",
            "language",
            "enabled",
            "valid_from",
            "valid_until",
        )
        labels: ClassVar = {
            "base": "Knowledge base",
            "text": "What the bot says",
            "enabled": "Used",
            "valid_until": "Valid until",
        }
        help_texts: ClassVar = {
            "text": "Word for word. **bold**, *italic*, lists and links such as"
            " [our sizes](https://shop.example/sizes) are shown as such.",
            "language": "Of the visitors who get it: en, de … Empty: all.",
            "enabled": "Off: it is kept and not said.",
            "valid_from": "UTC. Empty: at once. A reply for a time goes before one for always.",
            "valid_until": "UTC. From this moment on it is not said any more. Empty: for ever.",
        }
        field_classes: ClassVar = {
            "valid_from": forms.SplitDateTimeField,
            "valid_until": forms.SplitDateTimeField,
        }
        widgets: ClassVar = {
            "text": UnfoldAdminTextareaWidget(attrs={"rows": 8}),
            "valid_from": UnfoldAdminSplitDateTimeWidget,
            "valid_until": UnfoldAdminSplitDateTimeWidget,
        }

    def clean_text(self) -> str:
        try:
            return parse_text(self.cleaned_data["text"])
        except ReplyError as error:
            raise forms.ValidationError(str(error)) from error

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        names = [name for name in self._meta.fields or () if name in cleaned]
        row = ApprovedReply(pk=self.instance.pk, **{name: cleaned[name] for name in names})
        try:
            check_reply(row)
        except ReplyError as error:
            self.add_error(error.field or None, str(error))
        return cleaned


class ApprovedReplyAdmin(ModelAdmin):  # type: ignore[misc]  # django-unfold is untyped
    form = ReplyForm
    list_display = ("asked", "said", "language_shown", "state", "corrects", "updated_at")
    list_filter = ("enabled", "base", "language")
    list_select_related = ("base",)
    list_fullwidth = True
    teaching: ClassVar = {
        "icon": "verified",
        "title": "No approved replies yet",
        "text": "When no model can answer, the bot says word for word what somebody here approved "
        "for the question, before it quotes an article or calls a person. Write down what "
        "customers ask, and what the bot says.",
        "add": "Approve the first reply",
    }
    search_fields = ("questions", "text")
    warn_unsaved_form = True
    fieldsets = (
        (None, {"fields": ("questions", "text", "enabled")}),
        ("When and to whom", {"fields": ("language", "valid_from", "valid_until", "base")}),
    )

    @display(description="asked", ordering="pk")
    def asked(self, reply: ApprovedReply) -> str:
        more = len(reply.questions) - 1
        return f"{reply} (and {more} more)" if more > 0 else str(reply)

    @display(description="said")
    def said(self, reply: ApprovedReply) -> str:
        return reply.text if len(reply.text) <= 90 else f"{reply.text[:90]}…"

    @display(description="language", ordering="language")
    def language_shown(self, reply: ApprovedReply) -> str:
        return reply.language or "all"

    @display(description="now", label=STATES)
    def state(self, reply: ApprovedReply) -> tuple[str, str]:
        now = timezone.now()
        if not reply.enabled:
            return "off", "Not used"
        if reply.valid_from and now < reply.valid_from:
            return "later", "Later"
        if reply.valid_until and reply.valid_until <= now:
            return "over", "Over"
        return "given", "In use"

    @display(description="corrects")
    def corrects(self, reply: ApprovedReply) -> str:
        if reply.origin is None:
            return "–"
        # The room knows no conversations: its page is named as a page, not imported.
        place = reverse("admin:conversations_exchange_change", args=[reply.origin])
        return format_html("<a href='{}'>an answer</a>", place)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Where there is one knowledge base, nobody has to choose it."""
        bases = list(KnowledgeBase.objects.values_list("pk", flat=True)[:2])
        initial = {"base": bases[0]} if len(bases) == 1 else {}
        return {**initial, **super().get_changeform_initial_data(request)}

    def save_model(self, request: HttpRequest, obj: ApprovedReply, form: Any, change: bool) -> None:
        """Whoever wrote it last answers for it."""
        obj.approved_by = request.user
        super().save_model(request, obj, form, change)
