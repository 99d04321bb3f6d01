"""A site's principles as it writes them, beside its other settings."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from llm_bridge.guards import principles as values


class Principle(models.Model):
    """What no answer of a site's model may break; lines as `llm_bridge.guards.principles` reads."""

    site = models.ForeignKey(
        "conversations.Site", on_delete=models.CASCADE, related_name="principles"
    )
    name = models.CharField(max_length=80)
    text = models.CharField(max_length=500, help_text="goes into what the model is told")
    forbidden = models.JSONField(default=list, blank=True, help_text="an answer must not say these")
    required = models.JSONField(
        default=list, blank=True, help_text="an answer has to say one of these"
    )
    languages = models.JSONField(default=list, blank=True, help_text="empty: all")
    is_judged = models.BooleanField(default=False, help_text="a model is asked as well")
    is_enabled = models.BooleanField(default=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("site", "name"), name="principle_name_once_per_site")
        ]

    def __str__(self) -> str:
        return self.name

    def build_value(self) -> values.Principle:
        """As the guards hold it."""
        return values.Principle(
            name=self.name,
            text=self.text,
            forbidden=tuple(self.forbidden),
            required=tuple(self.required),
            languages=tuple(self.languages),
            is_judged=self.is_judged,
        )
