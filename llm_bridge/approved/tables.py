"""The table of approved replies; its rows change in `recording` and in the console's form."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import F, Q

from llm_bridge.releases.tables import build_person

MAX_TEXT = 2_000  # characters
MAX_QUESTIONS = 30  # of one reply
MAX_QUESTION = 300  # characters


class ApprovedReply(models.Model):
    """One text with the questions that it answers; `valid_until` is the first moment without it."""

    base = models.ForeignKey(
        "llm_bridge.KnowledgeBase", on_delete=models.CASCADE, related_name="replies"
    )
    questions = models.JSONField(default=list, help_text="as customers ask it")
    text = models.TextField(validators=[MaxLengthValidator(MAX_TEXT)])
    language = models.CharField(max_length=16, blank=True, help_text="empty: any")
    enabled = models.BooleanField(default=True)
    valid_from = models.DateTimeField(null=True, blank=True)
    valid_until = models.DateTimeField(null=True, blank=True)
    origin = models.UUIDField(
        null=True, editable=False, help_text="the exchange whose answer it corrects"
    )
    approved_by = build_person()
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering: ClassVar = ["-updated_at"]
        verbose_name = "approved reply"
        verbose_name_plural = "approved replies"
        indexes: ClassVar = [models.Index(fields=["base", "enabled", "updated_at"])]
        constraints: ClassVar = [
            models.UniqueConstraint(
                "base",
                "origin",
                name="reply_once_an_exchange",
                condition=Q(origin__isnull=False),
            ),
            models.CheckConstraint(
                condition=Q(valid_from=None)
                | Q(valid_until=None)
                | Q(valid_from__lt=F("valid_until")),
                name="reply_begins_before_it_ends",
            ),
        ]

    def __str__(self) -> str:
        return str(self.questions[0])[:80] if self.questions else self.text[:80]
