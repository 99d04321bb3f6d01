"""The console's list of API keys: who uses which, since when, and how to end one."""

from __future__ import annotations

from typing import ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.admin import ModelAdmin
from unfold.decorators import display

from chatbot.conversations.api_keys import record_revocation
from chatbot.conversations.models import ApiKey


@admin.register(ApiKey)
class ApiKeyAdmin(ModelAdmin):  # type: ignore[misc]  # django-unfold is untyped
    """Keys are made by `manage.py apikey`: a page that showed one would leave it in a browser."""

    teaching: ClassVar = {
        "icon": "key",
        "title": "No API keys yet",
        "text": "A key lets a program talk to this bot as to any OpenAI model. Make one on the "
        "server, where it is shown once: manage.py apikey SITE --label “what for”.",
    }
    list_display = ("number", "label", "site", "state_label", "created_at", "used_at")
    list_filter = ("site",)
    list_select_related = ("site",)
    list_fullwidth = True
    search_fields = ("label",)
    fields = ("site", "label", "created_at", "used_at", "revoked_at")
    actions = ("revoke",)

    @display(description="key", ordering="id")
    def number(self, row: ApiKey) -> str:
        return f"No. {row.pk}"

    @display(description="state", label={"valid": "success", "revoked": "danger"})
    def state_label(self, row: ApiKey) -> str:
        return "revoked" if row.revoked_at else "valid"

    @admin.action(description="Revoke: they open nothing from now on", permissions=["revoke"])
    def revoke(self, request: HttpRequest, rows: QuerySet[ApiKey]) -> None:
        now = timezone.now()
        ended = [row for row in rows if record_revocation(row=row, now=now)]
        for row in ended:
            self.log_change(request, row, "Revoked.")
        self.message_user(request, f"{len(ended)} revoked.", messages.SUCCESS)

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("conversations.change_apikey")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ApiKey | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ApiKey | None = None) -> bool:
        return False
