"""The rulebook's tables: one draft with its history, immutable releases, and what is paused.

Rows of the draft change in `rules.draft` only, the others in `rules.releases` only.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from rules.fields import DocumentField


def build_person(**options: Any) -> Any:
    """Who did it; nobody where a command did, or once the account is gone."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
        **options,
    )


class Rulebook(models.Model):
    """One set of rules; which release is live is this row's pointer and nothing else."""

    name = models.CharField(max_length=100)
    live = models.ForeignKey(
        "Release", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    complex = models.JSONField(
        default=list, blank=True, help_text="what is too complex for rules although one matched"
    )
    four_eyes = models.BooleanField(
        default=False, help_text="a second person has to approve before anything is published"
    )
    # Counts every change of the draft, so its row is the lock that editors share.
    version = models.PositiveIntegerField(default=0, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        permissions: ClassVar = [("pause", "Can stop a rule, the model or the bot at once")]

    def __str__(self) -> str:
        return self.name


class DraftPart(models.Model):
    """What the draft's pieces share: a place, a unique name, and a version that editors compare."""

    rulebook = models.ForeignKey(Rulebook, on_delete=models.CASCADE)
    name = models.CharField(max_length=100)
    position = models.PositiveIntegerField(default=0, help_text="order in the file")
    # The draft's when this piece last changed: no version comes twice, not even after an undo.
    version = models.PositiveIntegerField(default=0, editable=False)
    updated_at = models.DateTimeField(auto_now=True)
    updated_by = build_person()

    class Meta:
        abstract = True
        ordering: ClassVar = ["position", "name"]
        constraints: ClassVar = [
            models.UniqueConstraint("rulebook", "name", name="%(class)s_name_once_a_rulebook")
        ]

    def __str__(self) -> str:
        return self.name


class Entity(DraftPart):
    """Something to find in a message: by RE2 pattern, by a list of values, or by a library."""

    pattern = models.CharField(max_length=2000, blank=True, help_text="RE2, e.g. [A-Z]{2}-?\\d{6}")
    builtin = models.CharField(
        max_length=10, blank=True, help_text="email, phone, number, money, date or url"
    )
    values = DocumentField(default=dict, blank=True, help_text="value → list of synonyms")
    example = models.CharField(max_length=2000, blank=True)

    class Meta(DraftPart.Meta):
        verbose_name_plural = "entities"


class Intent(DraftPart):
    """What a visitor may want, recognised by phrases."""

    phrases = models.JSONField(default=list)
    avoid = models.JSONField(default=list, blank=True)
    typos = DocumentField(default=dict, blank=True, help_text="word → slips it forgives")
    sealed = models.BooleanField(default=False, help_text="the model may never answer this intent")
    tags = models.JSONField(default=list, blank=True)
    examples = models.JSONField(default=list, blank=True)
    counterexamples = models.JSONField(default=list, blank=True)


class Webhook(DraftPart):
    """An address that rules may ask, and what it is told."""

    url = models.CharField(max_length=2000)
    send = models.JSONField(default=list, blank=True, help_text="facts, like slot.order_number")
    timeout = models.FloatField(default=3.0, help_text="seconds")
    public = models.BooleanField(
        default=False, help_text="may be called without a verified identity"
    )
    tool = models.CharField(
        max_length=500, blank=True, help_text="what the model may look up; empty: nothing"
    )


class Rule(DraftPart):
    """A condition and what to do; `when`, `then` and `examples` in the form of the file."""

    priority = models.IntegerField(default=0)
    valid = DocumentField(default=dict, blank=True, help_text="from and until")
    when = DocumentField()
    then = DocumentField()
    examples = DocumentField(default=list, blank=True)


class DraftChange(models.Model):
    """One change of the draft: what stood there before and after, in the form of the file.

    A piece is named by `section` and `piece_id`, which a new name does not change. An import has
    no section: its `before` and `after` are whole files.
    """

    class Action(models.TextChoices):
        CREATED = "created"
        CHANGED = "changed"
        DELETED = "deleted"
        IMPORTED = "imported"

    rulebook = models.ForeignKey(Rulebook, on_delete=models.CASCADE, related_name="changes")
    action = models.CharField(max_length=8, choices=Action)
    section = models.CharField(max_length=10, blank=True, help_text="intents, rules, …")
    piece_id = models.BigIntegerField(null=True)
    name = models.CharField(max_length=100, blank=True)
    name_before = models.CharField(max_length=100, blank=True)
    position = models.PositiveIntegerField(default=0, help_text="where it stood before")
    before = DocumentField(null=True)
    after = DocumentField(null=True)
    version = models.PositiveIntegerField(help_text="the draft's, with this change")
    undoes = models.ForeignKey(
        "self", null=True, on_delete=models.SET_NULL, related_name="undone_by"
    )
    author = build_person()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["-version"]
        constraints: ClassVar = [
            models.UniqueConstraint("rulebook", "version", name="one_change_a_draft_version")
        ]
        indexes: ClassVar = [
            models.Index(fields=["rulebook", "section", "piece_id"], name="change_of_a_piece")
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.section} {self.name}".rstrip()


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
    approved_by = build_person()
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


class Activation(models.Model):
    """A release went live: who made it so, when, and how. The pointer's history."""

    class How(models.TextChoices):
        PUBLISHED = "published"
        ROLLED_BACK = "rolled back"
        WITHDRAWN = "withdrawn"

    rulebook = models.ForeignKey(Rulebook, on_delete=models.CASCADE, related_name="activations")
    release = models.ForeignKey(Release, null=True, on_delete=models.PROTECT, related_name="+")
    how = models.CharField(max_length=11, choices=How)
    author = build_person()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return f"{self.release} {self.how}"


class Review(models.Model):
    """Somebody asks that another person looks at exactly this draft; any change of it voids it."""

    rulebook = models.ForeignKey(Rulebook, on_delete=models.CASCADE, related_name="reviews")
    content_hash = models.CharField(max_length=64)
    version = models.PositiveIntegerField(help_text="the draft's when it was asked")
    message = models.CharField(max_length=500)
    asked_by = build_person()
    asked_at = models.DateTimeField(auto_now_add=True)
    approved_by = build_person()
    approved_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint("rulebook", "version", name="one_review_a_draft_version")
        ]

    def __str__(self) -> str:
        return self.message


class Pause(models.Model):
    """A rule, the model or the whole bot stopped at once, until somebody ends it."""

    class Kind(models.TextChoices):
        RULE = "rule"
        MODEL = "model"
        BOT = "bot"

    rulebook = models.ForeignKey(Rulebook, on_delete=models.CASCADE, related_name="pauses")
    kind = models.CharField(max_length=5, choices=Kind)
    rule = models.CharField(max_length=100, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    paused_by = build_person()
    paused_at = models.DateTimeField(auto_now_add=True)
    ended_by = build_person()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["rulebook", "kind", "rule"],
                condition=Q(ended_at=None),
                name="paused_once_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return self.rule or self.kind
