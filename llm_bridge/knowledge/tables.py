"""The tables of the knowledge base: bases, their articles, and the passages that are searched."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.core.validators import MaxLengthValidator, RegexValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual

MAX_BODY_CHARACTERS = 100_000


class KnowledgeBase(models.Model):
    """A named set of help articles that one or more sites draw on."""

    name = models.CharField(max_length=120, unique=True)
    # Counts up with every change of passages, so that a process knows when to look again.
    revision = models.PositiveBigIntegerField(default=0, editable=False)

    class Meta:
        ordering = ("name",)
        verbose_name = "knowledge base"

    def __str__(self) -> str:
        return self.name


def build_live(*, now: datetime, prefix: str = "") -> Q:
    """Enabled, and within its time: from the first moment up to, not including, the last."""
    begun = Q(**{f"{prefix}valid_from": None}) | Q(**{f"{prefix}valid_from__lte": now})
    lasting = Q(**{f"{prefix}valid_until": None}) | Q(**{f"{prefix}valid_until__gt": now})
    return Q(**{f"{prefix}enabled": True}) & begun & lasting


class Article(models.Model):
    """One help page; only enabled ones within their time are searched, quoted or shown to a
    model."""

    base = models.ForeignKey(KnowledgeBase, on_delete=models.CASCADE, related_name="articles")
    title = models.CharField(max_length=200)
    slug = models.SlugField(max_length=80)
    body = models.TextField(
        help_text="Markdown. Headings and blank lines separate the passages that answers quote.",
        validators=[MaxLengthValidator(MAX_BODY_CHARACTERS)],
    )
    url = models.CharField(
        max_length=500,
        blank=True,
        help_text="Where visitors read it: an https:// address or a path such as /help/returns.",
        validators=[RegexValidator(r"^(https?://|/(?!/))\S+$|^/$", "Give a URL or a path.")],
    )
    language = models.CharField(
        max_length=16,
        default="en",
        help_text="A code such as en, de or pt-BR; questions in it find this article first.",
        validators=[
            RegexValidator(r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$", "Give a code such as en.")
        ],
    )
    category = models.CharField(max_length=80, blank=True, help_text="To find it in the list.")
    enabled = models.BooleanField(default=True)
    valid_from = models.DateTimeField(
        null=True, blank=True, help_text="Not found before. Empty: at once."
    )
    valid_until = models.DateTimeField(
        null=True, blank=True, help_text="Not found from then on. Empty: for good."
    )
    review_by = models.DateField(
        null=True, blank=True, help_text="When somebody has to read it again."
    )
    owner_note = models.CharField(
        max_length=200, blank=True, help_text="Who looks after it, and what to look at."
    )
    # Which import it came from, which of its pages it is, and what it said when it came.
    origin = models.CharField(max_length=120, blank=True, editable=False)
    origin_key = models.CharField(max_length=500, blank=True, editable=False)
    imported_digest = models.CharField(max_length=64, blank=True, editable=False)
    vanished_at = models.DateTimeField(null=True, editable=False)
    # How its passages were last built; 0 or less than the present way: to be built again.
    index_version = models.PositiveSmallIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("title",)
        constraints = (
            models.UniqueConstraint(fields=("base", "slug"), name="article_slug_once_per_base"),
            models.UniqueConstraint(
                fields=("base", "origin", "origin_key"),
                condition=~Q(origin_key=""),
                name="article_once_per_origin",
            ),
            models.CheckConstraint(
                condition=LessThanOrEqual(Length("body"), MAX_BODY_CHARACTERS),
                name="article_body_within_limit",
            ),
            models.CheckConstraint(
                condition=Q(valid_from=None)
                | Q(valid_until=None)
                | Q(valid_from__lt=F("valid_until")),
                name="article_begins_before_it_ends",
                violation_error_message="It would end before it begins.",
            ),
        )
        indexes = (models.Index(fields=("base", "index_version"), name="article_to_index"),)

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        """With its passages, in one commit."""
        from llm_bridge.knowledge.index import record_passages

        with transaction.atomic():
            super().save(*args, **kwargs)
            record_passages(article=self)


class Passage(models.Model):
    """A piece of an article that can be found by itself; rows change in `index` only.

    PostgreSQL has a column more (`search`, made of `terms`), SQLite a full-text table beside
    this one that triggers keep in step: see migration 0006.
    """

    base = models.ForeignKey(KnowledgeBase, on_delete=models.CASCADE, related_name="+")
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="passages")
    position = models.PositiveIntegerField()
    heading = models.CharField(max_length=300, blank=True)
    text = models.TextField()
    language = models.CharField(max_length=8)
    terms = models.TextField(help_text="what search compares: the title's, heading's and text's")
    length = models.PositiveIntegerField(help_text="how many terms")
    vector = models.BinaryField(null=True, help_text="half-precision numbers, little-endian")
    vector_model = models.CharField(max_length=60, blank=True)
    revision = models.PositiveBigIntegerField(help_text="the base's, when this was last written")

    class Meta:
        ordering: ClassVar = ["article", "position"]
        indexes: ClassVar = [
            models.Index(fields=["base", "language"], name="passage_in_language"),
            models.Index(fields=["base", "revision"], name="passage_by_revision"),
        ]

    def __str__(self) -> str:
        return self.text[:60]
