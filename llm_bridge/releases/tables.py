"""The tables of model releases: drafts, releases, stored cases, and the runs that ask them.

Amounts are micro-dollars. Each table's rows change in the modules of this room only.
"""

from __future__ import annotations

from typing import Any, ClassVar

import uuid6
from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q

from llm_bridge.values import Action

MAX_QUESTION = 2_000  # characters


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


class ModelProfile(models.Model):
    """How one or more sites ask models; which release is live is this row's pointer."""

    name = models.CharField(max_length=100, unique=True)
    live = models.ForeignKey(
        "ModelRelease",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    draft = models.JSONField(null=True, editable=False, help_text="a plan; null: as what is live")
    # Editors compare it, so nobody overwrites another's draft unseen.
    version = models.PositiveIntegerField(default=0, editable=False)
    edited_by = build_person()
    edited_at = models.DateTimeField(null=True, editable=False)
    canary_hours = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="hours between two canary runs; empty: none"
    )
    canary_repeats = models.PositiveSmallIntegerField(default=3)
    canary_budget = models.PositiveBigIntegerField(
        null=True, blank=True, help_text="what canary runs may cost a day; empty: none are made"
    )
    canary_due_at = models.DateTimeField(null=True, editable=False, db_index=True)

    class Meta:
        ordering: ClassVar = ["name"]
        verbose_name = "model profile"

    def __str__(self) -> str:
        return self.name


class ModelRelease(models.Model):
    """One published, immutable plan: provider, model, prompt and parameters."""

    class Tested(models.TextChoices):
        """What was known of the stored cases when it went live."""

        TRIED = "tried", "tried on the stored cases"
        NO_CASES = "no_cases", "there were no cases to try"
        UNTRIED = "untried", "published without a trial"
        FAILING = "failing", "published although cases failed"

    profile = models.ForeignKey(ModelProfile, on_delete=models.CASCADE, related_name="releases")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    content_hash = models.CharField(max_length=64)
    message = models.CharField(max_length=500)
    tested = models.CharField(max_length=8, choices=Tested)
    trial = models.ForeignKey(
        "CaseRun", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    author = build_person()
    created_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-number"]
        verbose_name = "model release"
        permissions: ClassVar = [
            ("publish_modelrelease", "Can publish a model release or make one live")
        ]
        constraints: ClassVar = [
            models.UniqueConstraint("profile", "number", name="model_release_number_once")
        ]

    def __str__(self) -> str:
        return f"Model release {self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("A model release is immutable: publish another one.")
        super().save(*args, **kwargs)


class ModelActivation(models.Model):
    """A release went live: who made it so, when, and how. The pointer's history."""

    class How(models.TextChoices):
        PUBLISHED = "published"
        ROLLED_BACK = "rolled back"
        WITHDRAWN = "withdrawn"

    profile = models.ForeignKey(ModelProfile, on_delete=models.CASCADE, related_name="activations")
    release = models.ForeignKey(ModelRelease, null=True, on_delete=models.PROTECT, related_name="+")
    how = models.CharField(max_length=11, choices=How)
    author = build_person()
    created_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return f"{self.release} {self.how}"


class ModelCase(models.Model):
    """A question with what its answer must be like."""

    profile = models.ForeignKey(ModelProfile, on_delete=models.CASCADE, related_name="cases")
    question = models.TextField(validators=[MaxLengthValidator(MAX_QUESTION)])
    language = models.CharField(max_length=16, blank=True)
    must_say = models.JSONField(default=list, blank=True)
    must_not_say = models.JSONField(default=list, blank=True)
    action = models.CharField(
        max_length=8,
        blank=True,
        choices=[
            (Action.CONTINUE.value, "answer it"),
            (Action.CLARIFY.value, "ask back"),
            (Action.HANDOFF.value, "hand over to a person"),
        ],
    )
    is_canary = models.BooleanField("canary", default=False)
    reference = models.UUIDField(null=True, editable=False, help_text="the exchange it came from")
    created_by = build_person()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        verbose_name = "case"
        constraints: ClassVar = [
            models.UniqueConstraint(
                "profile",
                "reference",
                name="case_once_an_exchange",
                condition=Q(reference__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.question[:80]


class CaseRun(models.Model):
    """Stored cases asked through the gateway: a trial of a draft, or a canary's round.

    The contents that are asked stand here as they were, so nothing that changes meanwhile
    changes what is tried.
    """

    class Kind(models.TextChoices):
        TRIAL = "trial"
        CANARY = "canary"

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        FINISHED = "finished"
        CUT_SHORT = "cut_short", "cut short"

    id = models.UUIDField(primary_key=True, default=uuid6.uuid7, editable=False)
    profile = models.ForeignKey(ModelProfile, on_delete=models.CASCADE, related_name="runs")
    kind = models.CharField(max_length=6, choices=Kind)
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    why = models.CharField(
        max_length=8, blank=True, help_text="cut short by: time, money, person, nobody"
    )
    content = models.JSONField(help_text="the plan that is tried")
    content_hash = models.CharField(max_length=64)
    beside = models.JSONField(null=True, help_text="the plan that is live, asked beside it")
    release = models.ForeignKey(
        ModelRelease,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="what was live",
    )
    cases_hash = models.CharField(max_length=64)
    prompt_version = models.CharField(max_length=32)
    limit = models.PositiveBigIntegerField(null=True, help_text="what it may cost")
    account = models.UUIDField(help_text="what its limit is counted on")
    is_baseline = models.BooleanField(default=False)
    measures = models.JSONField(null=True)
    owner = models.UUIDField(null=True, help_text="whoever carries it out")
    leased_until = models.DateTimeField(null=True)
    seconds = models.FloatField(default=0, help_text="asked so far, pauses left out")
    started_by = build_person()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-started_at"]
        indexes: ClassVar = [
            models.Index(fields=["profile", "kind", "-started_at"], name="runs_of_a_profile"),
            models.Index(
                fields=["leased_until"],
                name="runs_unfinished",
                condition=Q(state__in=["waiting", "running"]),
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                "profile",
                "kind",
                name="one_run_at_a_time",
                condition=Q(state__in=["waiting", "running"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class CaseAnswer(models.Model):
    """One asking of one case: written before it is asked, filled in once it was."""

    class Side(models.TextChoices):
        TRIED = "tried"
        LIVE = "live"

    class State(models.TextChoices):
        WAITING = "waiting"
        PASSED = "passed"
        FAILED = "failed"
        UNANSWERED = "no_answer", "no answer"

    # The ledger's rows of its calls name it as their reference.
    id = models.UUIDField(primary_key=True, default=uuid6.uuid7, editable=False)
    run = models.ForeignKey(CaseRun, on_delete=models.CASCADE, related_name="answers")
    case = models.PositiveBigIntegerField(help_text="the case's id; it may be gone")
    question = models.TextField()
    expected = models.JSONField(help_text="what the case asked for then")
    side = models.CharField(max_length=5, choices=Side)
    round = models.PositiveSmallIntegerField(default=1)
    repeat = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    problems = models.JSONField(default=list)
    text = models.TextField(blank=True)
    action = models.CharField(max_length=8, blank=True)
    model = models.CharField(max_length=200, blank=True, help_text="as the provider named it")
    prompt_tokens = models.PositiveIntegerField(null=True)
    completion_tokens = models.PositiveIntegerField(null=True)
    ms = models.PositiveIntegerField(default=0)
    cost = models.PositiveBigIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                "run", "case", "side", "round", "repeat", name="asked_once_a_run"
            )
        ]

    def __str__(self) -> str:
        return f"{self.side} {self.state}"


class CanaryAlarm(models.Model):
    """A canary found something: open until a person clears it, and open once for each kind."""

    class Kind(models.TextChoices):
        FAILS = "fails", "answers fail"
        DRIFTS = "drifts", "answers drift"
        VARIES = "varies", "answers vary"
        LENGTH = "length", "answers have another length"
        MODEL = "model", "another model answers"
        SILENT = "silent", "too few answers"

    profile = models.ForeignKey(ModelProfile, on_delete=models.CASCADE, related_name="alarms")
    run = models.ForeignKey(CaseRun, null=True, on_delete=models.SET_NULL, related_name="alarms")
    kind = models.CharField(max_length=6, choices=Kind)
    detail = models.CharField(max_length=300)
    raised_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True)
    cleared_by = build_person()
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering: ClassVar = ["-raised_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                "profile", "kind", name="alarm_once_at_a_time", condition=Q(cleared_at=None)
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.detail}"
