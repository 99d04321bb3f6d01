"""The tables of the bridge: help articles, and one ledger row for every call to a model."""

from __future__ import annotations

import uuid6
from django.db import models

from llm_bridge.approved.tables import ApprovedReply
from llm_bridge.cache.tables import CachedAnswer
from llm_bridge.knowledge.tables import MAX_BODY_CHARACTERS, Article, KnowledgeBase, Passage
from llm_bridge.money.tables import Account, BudgetAlert, ModelPrice, Reservation
from llm_bridge.releases.tables import (
    CanaryAlarm,
    CaseAnswer,
    CaseRun,
    ModelActivation,
    ModelCase,
    ModelProfile,
    ModelRelease,
)
from llm_bridge.suggestions.tables import RuleSuggestion, SuggestionAsking

__all__ = [
    "MAX_BODY_CHARACTERS",
    "Account",
    "ApprovedReply",
    "Article",
    "BudgetAlert",
    "CachedAnswer",
    "CanaryAlarm",
    "CaseAnswer",
    "CaseRun",
    "KnowledgeBase",
    "ModelActivation",
    "ModelCall",
    "ModelCase",
    "ModelPrice",
    "ModelProfile",
    "ModelRelease",
    "Passage",
    "Reservation",
    "RuleSuggestion",
    "SuggestionAsking",
]


class ModelCall(models.Model):
    """The ledger: what one call cost and how it ended. Never a key, never a text."""

    class Outcome(models.TextChoices):
        ANSWERED = "answered"
        FAILED = "failed"
        CANCELLED = "cancelled"
        LOST = "lost", "lost: whoever made it died"

    id = models.UUIDField(primary_key=True, default=uuid6.uuid7, editable=False)
    reference = models.UUIDField(db_index=True, help_text="The exchange the call was made for.")
    payer = models.PositiveBigIntegerField(null=True, help_text="who pays: the site's id")
    provider = models.CharField(max_length=20, blank=True, help_text="the kind of provider")
    provider_host = models.CharField(max_length=255)
    model = models.CharField(max_length=200, blank=True)
    model_release = models.PositiveIntegerField(null=True)
    prompt_version = models.CharField(max_length=32)
    prompt_tokens = models.PositiveIntegerField(null=True)
    cached_tokens = models.PositiveIntegerField(null=True, help_text="part of the prompt's")
    completion_tokens = models.PositiveIntegerField(null=True)
    cost = models.PositiveBigIntegerField(default=0, help_text="millionths of a US dollar")
    is_cost_estimated = models.BooleanField(default=False)
    price = models.CharField(max_length=240, blank=True, help_text="the price it was counted at")
    first_token_ms = models.PositiveIntegerField(null=True)
    total_ms = models.PositiveIntegerField()
    outcome = models.CharField(max_length=16, choices=Outcome)
    reason = models.CharField(max_length=32, blank=True, help_text="Why it failed.")
    # Which one of its exchange. Its column keeps a name that code of before writes, too.
    attempt = models.PositiveSmallIntegerField(db_column="attempts")
    started_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ("-started_at",)
        verbose_name = "model call"

    def __str__(self) -> str:
        return f"{self.model} {self.outcome}"
