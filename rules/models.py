"""The rulebook's tables: one editable draft a rulebook, and its immutable releases."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from rules.fields import DocumentField


class Rulebook(models.Model):
    """One set of rules; which release is live is this row's pointer and nothing else."""

    name = models.CharField(max_length=100)
    live = models.ForeignKey(
        "Release", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.name


class DraftPart(models.Model):
    """What entities, intents and rules of the draft share: a place and a unique name."""

    rulebook = models.ForeignKey(Rulebook, on_delete=models.CASCADE)
    name = models.CharField(max_length=100)
    position = models.PositiveIntegerField(default=0, help_text="order in the file")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True
        ordering: ClassVar = ["position", "name"]
        constraints: ClassVar = [
            models.UniqueConstraint("rulebook", "name", name="%(class)s_name_once_a_rulebook")
        ]

    def __str__(self) -> str:
        return self.name


class Entity(DraftPart):
    """Something to find in a message: by RE2 pattern, or by a list of values and synonyms."""

    pattern = models.CharField(max_length=500, blank=True, help_text="RE2, e.g. [A-Z]{2}-?\\d{6}")
    builtin = models.CharField(max_length=10, blank=True, help_text="email or url")
    values = DocumentField(default=dict, blank=True, help_text="value → list of synonyms")
    example = models.CharField(max_length=200, blank=True)

    class Meta(DraftPart.Meta):
        verbose_name_plural = "entities"


class Intent(DraftPart):
    """What a visitor may want, recognised by phrases."""

    phrases = models.JSONField(default=list)
    avoid = models.JSONField(default=list, blank=True)
    sealed = models.BooleanField(default=False, help_text="the model may never answer this intent")
    examples = models.JSONField(default=list, blank=True)
    counterexamples = models.JSONField(default=list, blank=True)


class Rule(DraftPart):
    """A condition and what to do; `when`, `then` and `examples` in the form of the file."""

    priority = models.IntegerField(default=0)
    when = DocumentField()
    then = DocumentField()
    examples = DocumentField(default=list, blank=True)


class Release(models.Model):
    """One published, immutable version of the rulebook, in the form of the file."""

    rulebook = models.ForeignKey(Rulebook, on_delete=models.CASCADE, related_name="releases")
    number = models.PositiveIntegerField()
    content = DocumentField()
    content_hash = models.CharField(max_length=64)
    message = models.CharField(max_length=500)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["-number"]
        permissions: ClassVar = [("publish_release", "Can publish a release or make one live")]
        constraints: ClassVar = [
            models.UniqueConstraint("rulebook", "number", name="release_number_once_a_rulebook")
        ]

    def __str__(self) -> str:
        return f"Release {self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("A release is immutable: publish another one.")
        super().save(*args, **kwargs)
