"""The tables of rule suggestions; their rows change in `store` only.

No visitor's words are here: a question stands in its exchange, and goes with it.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from llm_bridge.releases.tables import build_person


class RuleSuggestion(models.Model):
    """One stored answer that is asked for again and again."""

    payer = models.PositiveBigIntegerField(help_text="the site's id")
    language = models.CharField(max_length=16)
    topic = models.CharField(max_length=32, help_text="a digest of the question's folded terms")
    reference = models.UUIDField(db_index=True, help_text="the exchange it was first answered in")
    answer = models.TextField()
    sources = models.JSONField(default=list)
    count = models.PositiveIntegerField(default=0, help_text="how often it was asked again")
    repeats = models.PositiveIntegerField(default=0, help_text="of these, in the same words")
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField(db_index=True)
    dismissed_at = models.DateTimeField(null=True)
    dismissed_by = build_person()

    class Meta:
        ordering: ClassVar = ["-count", "-last_seen_at"]
        verbose_name = "rule suggestion"
        constraints: ClassVar = [
            models.UniqueConstraint("payer", "language", "topic", name="suggestion_once_a_topic")
        ]
        indexes: ClassVar = [models.Index(fields=["payer", "-count"])]

    def __str__(self) -> str:
        return self.answer[:60]


class SuggestionAsking(models.Model):
    """One exchange that asked it again; the newest of a suggestion are kept."""

    suggestion = models.ForeignKey(RuleSuggestion, on_delete=models.CASCADE, related_name="askings")
    reference = models.UUIDField(unique=True, help_text="the exchange")
    is_repeat = models.BooleanField(help_text="in the same words")
    asked_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-asked_at", "-pk"]

    def __str__(self) -> str:
        return str(self.reference)
