"""The tables of the bridge: help articles, and one ledger row for every call to a model."""

from __future__ import annotations

import uuid6
from django.core.validators import MaxLengthValidator, RegexValidator
from django.db import models
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual

from llm_bridge.approved.tables import ApprovedReply
from llm_bridge.cache.tables import CachedAnswer
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
    "Reservation",
    "RuleSuggestion",
    "SuggestionAsking",
]

MAX_BODY_CHARACTERS = 20_000


class KnowledgeBase(models.Model):
    """A named set of help articles that one or more sites draw on."""

    name = models.CharField(max_length=120, unique=True)

    class Meta:
        ordering = ("name",)
        verbose_name = "knowledge base"

    def __str__(self) -> str:
        return self.name


class Article(models.Model):
    """One help page; only enabled ones are searched, quoted or shown to a model."""

    base = models.ForeignKey(KnowledgeBase, on_delete=models.CASCADE, related_name="articles")
    title = models.CharField(max_length=200)
    slug = models.SlugField(max_length=80)
    body = models.TextField(
        help_text="Markdown. Blank lines separate the paragraphs that answers quote.",
        validators=[MaxLengthValidator(MAX_BODY_CHARACTERS)],
    )
    url = models.CharField(
        max_length=500,
        blank=True,
        help_text="Where visitors read it: an https:// address or a path such as /help/returns.",
        validators=[RegexValidator(r"^(https?://|/(?!/))\S+$|^/$", "Give a URL or a path.")],
    )
    language = models.CharField(max_length=16, default="en")
    enabled = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("title",)
        constraints = (
            models.UniqueConstraint(fields=("base", "slug"), name="article_slug_once_per_base"),
            models.CheckConstraint(
                condition=LessThanOrEqual(Length("body"), MAX_BODY_CHARACTERS),
                name="article_body_within_limit",
            ),
        )
        indexes = (models.Index(fields=("base", "enabled", "updated_at")),)

    def __str__(self) -> str:
        return self.title


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
