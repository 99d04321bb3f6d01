"""The table of answers that are given again; its rows change in `store` only."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class CachedAnswer(models.Model):
    """One answer under the digest of its question and circumstances.

    The question is not here: it stands in the exchange that it was first given in, and goes with
    it. `subject` has its folded terms, each once and sorted, to notice questions that are near.
    """

    key = models.CharField(primary_key=True, max_length=64, editable=False)
    payer = models.PositiveBigIntegerField(help_text="the site's id")
    reference = models.UUIDField(db_index=True, help_text="the exchange it was first given in")
    model_release = models.PositiveIntegerField(null=True)
    text = models.TextField()
    sources = models.JSONField(default=list, help_text="articles found, each with used or not")
    language = models.CharField(max_length=16, blank=True, db_default="", editable=False)
    subject = models.TextField(blank=True, db_default="", editable=False)
    hits = models.PositiveIntegerField(default=0, help_text="how often it was given again")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering: ClassVar = ["-hits", "-created_at"]
        verbose_name = "stored answer"
        indexes: ClassVar = [models.Index(fields=["payer", "created_at"])]

    def __str__(self) -> str:
        return self.text[:60]
