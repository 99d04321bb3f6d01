"""The heart's tables: sites, conversations, their numbered events, and exchanges.

Rows of Conversation, Event, Exchange and Feedback change in the room `log` only. Foreign keys on
the hot path have no database constraint: they would double what a turn costs PostgreSQL.
"""

from __future__ import annotations

import base64
import secrets
from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q

from chatbot.conversations.ids import build_id
from chatbot.conversations.principles import Principle  # noqa: F401 - a table of this app


class Status(models.TextChoices):
    BOT = "bot", "with the bot"
    QUEUED = "queued", "waiting for a person"
    AGENT = "agent", "with a person"
    CLOSED = "closed", "closed"


class Kind(models.TextChoices):
    MESSAGE = "message"
    STATUS = "status"
    FEEDBACK = "feedback"


class Sender(models.TextChoices):
    VISITOR = "visitor"
    BOT = "bot"
    AGENT = "agent"
    SYSTEM = "system"


class Source(models.TextChoices):
    RULE = "rule"
    CACHE = "cache"
    LLM = "llm", "model"
    KNOWLEDGE = "knowledge"
    AGENT = "agent", "person"
    FALLBACK = "fallback"


class HandoffReason(models.TextChoices):
    CUSTOMER_REQUEST = "customer_request"
    MISSING_KNOWLEDGE = "missing_knowledge"
    UNSUPPORTED_REQUEST = "unsupported_request"
    POLICY_RESTRICTION = "policy_restriction"
    TOOL_FAILURE = "tool_failure"
    PENDING_CLARIFICATION = "pending_clarification"
    USAGE_LIMIT = "usage_limit"


def build_secret() -> str:
    return secrets.token_urlsafe(32)


def build_webhook_secret() -> str:
    """As Standard Webhooks writes its keys: 24 to 64 random bytes in base64 with a prefix."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"


class AtLimit(models.TextChoices):
    """What a visitor gets when a question may cost nothing more."""

    KNOWLEDGE = "knowledge", "an answer from the help articles, else a person"
    PERSON = "person", "a person"
    LINE = "line", "a line; the bot goes on with rules alone"


class Site(models.Model):
    """One website with its own key, look and settings."""

    key = models.SlugField(max_length=64, unique=True, help_text="data-site of the embed script")
    name = models.CharField(max_length=100)
    bot_name = models.CharField(max_length=60, default="Assistant")
    greeting = models.CharField(max_length=300, default="Hello! How can I help?")
    starters = models.JSONField(default=list, blank=True, help_text="questions to offer first")
    language = models.CharField(max_length=12, default="en", help_text="e.g. en or pt-BR")
    origins = models.JSONField(
        default=list, blank=True, help_text='pages that may embed it, e.g. ["https://shop.example"]'
    )
    timezone = models.CharField(max_length=64, default="UTC")
    hours = models.JSONField(
        default=dict, blank=True, help_text='{"mon": [["09:00", "17:00"]], …}; empty: always open'
    )
    handover_line = models.CharField(
        max_length=300, default="I'm passing you to a colleague. They will answer right here."
    )
    away_line = models.CharField(
        max_length=300,
        default="Nobody is at the desk right now. Your question is in the queue, "
        "and a colleague will answer right here.",
    )
    notice = models.CharField(
        max_length=300, blank=True, help_text="shown above every chat: an outage, a sale"
    )
    notice_from = models.DateTimeField(null=True, blank=True)
    notice_until = models.DateTimeField(null=True, blank=True)
    model_enabled = models.BooleanField(default=True, help_text="ask the model what rules leave")
    # Micro-dollars; empty means no limit.
    budget_conversation = models.PositiveBigIntegerField(null=True, blank=True)
    budget_day = models.PositiveBigIntegerField(null=True, blank=True)
    budget_month = models.PositiveBigIntegerField(null=True, blank=True)
    at_limit = models.CharField(max_length=9, choices=AtLimit, default=AtLimit.KNOWLEDGE)
    limit_line = models.CharField(
        max_length=300,
        default="I can't answer that one right now. Ask me in other words, or talk to a person.",
    )
    cache_enabled = models.BooleanField(default=True, help_text="give stored answers again")
    approved_only = models.BooleanField(default=False, help_text="no model writes any answer")
    guard_personal = models.BooleanField(default=True)
    guard_screening = models.BooleanField(default=True)
    guard_leaks = models.BooleanField(default=True)
    guard_grounding = models.BooleanField(default=True)
    guard_promises = models.BooleanField(default=True)
    judge_enabled = models.BooleanField(default=False, help_text="a second call for each answer")
    identity_secret = models.CharField(max_length=64, default=build_secret, editable=False)
    webhook_secret = models.CharField(max_length=100, default=build_webhook_secret, editable=False)
    rulebook = models.OneToOneField("rules.Rulebook", on_delete=models.PROTECT)
    knowledge = models.OneToOneField("llm_bridge.KnowledgeBase", on_delete=models.PROTECT)
    model_profile = models.ForeignKey(
        "llm_bridge.ModelProfile",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        help_text="how models are asked; empty: in the order that the server names",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class ApiKey(models.Model):
    """What lets a program ask in a site's name; the key itself is nowhere, only its digest."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="api_keys")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    label = models.CharField(max_length=100, blank=True, help_text="who or what uses it")
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True, help_text="last use, to the minute")
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        verbose_name = "API key"

    def __str__(self) -> str:
        return f"API key {self.pk} of {self.site_id}"


class Conversation(models.Model):
    """One visitor's thread on one site; `last_seq` numbers its events and versions its state."""

    id = models.UUIDField(primary_key=True, default=build_id, editable=False)
    site = models.ForeignKey(Site, on_delete=models.PROTECT)
    status = models.CharField(max_length=6, choices=Status, default=Status.BOT)
    last_seq = models.PositiveIntegerField(default=0)
    revision = models.PositiveIntegerField(default=0, help_text="changes that are no events")
    language = models.CharField(max_length=12, blank=True)
    verified = models.JSONField(default=dict, blank=True, help_text="vouched for by a signature")
    claimed = models.JSONField(default=dict, blank=True, help_text="what the browser merely says")
    api_key = models.ForeignKey(
        ApiKey,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        db_constraint=False,
        db_index=False,
        help_text="whose program opened it; nobody else's continues it",
    )
    state = models.JSONField(default=dict, blank=True, help_text="what rules remember of it")
    queue = models.CharField(max_length=100, blank=True)
    handoff_reason = models.CharField(max_length=24, choices=HandoffReason, blank=True)
    queued_at = models.DateTimeField(null=True, blank=True)
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL
    )
    created_at = models.DateTimeField()
    last_event_at = models.DateTimeField()
    seen_at = models.DateTimeField(help_text="last use of the visitor's token, to the hour")

    class Meta:
        ordering: ClassVar = ["-id"]
        permissions: ClassVar = [("take_over", "Can answer visitors in the queue")]
        indexes: ClassVar = [
            # None on what every message changes: it would make each update write all of them.
            models.Index(
                fields=["queued_at"],
                name="conversation_waiting",
                condition=Q(status__in=[Status.QUEUED, Status.AGENT]),
            ),
        ]

    def __str__(self) -> str:
        return f"Conversation {self.id}"

    @property
    def is_with_person(self) -> bool:
        """From the moment it waits for a person the bot says nothing."""
        return self.status in {Status.QUEUED, Status.AGENT}


class Event(models.Model):
    """One entry of a conversation's log; seq counts 1, 2, 3 … without gaps."""

    pk = models.CompositePrimaryKey("conversation_id", "seq")
    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, db_constraint=False, db_index=False
    )
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=8, choices=Kind)
    sender = models.CharField(max_length=7, choices=Sender)
    text = models.TextField(blank=True, validators=[MaxLengthValidator(20_000)])
    source = models.CharField(max_length=9, choices=Source, null=True)  # noqa: DJ001 - null on the wire
    exchange = models.ForeignKey(
        "Exchange",
        null=True,
        on_delete=models.CASCADE,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    client_id = models.UUIDField(null=True, help_text="whoever wrote it stores it once by this")
    extra = models.JSONField(default=dict, help_text="options, sources, status, discarded, rating")
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["seq"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                "conversation",
                "client_id",
                name="event_client_id_once",
                condition=Q(client_id__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.kind}"


class Exchange(models.Model):
    """One question with its one answer and everything about how the answer came to be.

    `facts`, `asked` and `answers` with `release` and `paused` are all that the decision depended
    on: reasons are derived from them again, never stored as prose.
    """

    class State(models.TextChoices):
        PENDING = "pending"
        ANSWERED = "answered"
        DISCARDED = "discarded"

    id = models.UUIDField(primary_key=True, default=build_id, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, db_constraint=False)
    question_seq = models.PositiveIntegerField()
    answer_seq = models.PositiveIntegerField(null=True)
    state = models.CharField(max_length=9, choices=State)
    facts = models.JSONField(default=dict)
    asked = models.JSONField(null=True, help_text="the question that was open before it")
    release = models.ForeignKey(
        "rules.Release", null=True, on_delete=models.PROTECT, db_constraint=False, db_index=False
    )
    answers = models.JSONField(default=list, help_text="what webhooks answered, in order")
    paused = models.JSONField(default=list, help_text="rules that were paused")
    engine = models.CharField(max_length=9, blank=True, help_text="durable or reference")
    semantics = models.PositiveSmallIntegerField(default=1, help_text="version of the rules' sense")
    rule = models.CharField(max_length=100, blank=True)
    reason = models.CharField(max_length=40, help_text="why the rules decided as they did")
    source = models.CharField(max_length=9, choices=Source, blank=True)
    failure = models.CharField(max_length=40, blank=True, help_text="why the model did not answer")
    action = models.CharField(
        max_length=8,
        blank=True,
        db_default="",
        help_text="what the model wanted: continue, clarify (a question back) or handoff",
    )
    handoff_reason = models.CharField(max_length=24, choices=HandoffReason, blank=True)
    sources = models.JSONField(default=list, help_text="articles found, each with used or not")
    guarded = models.JSONField(
        default=list, db_default=[], help_text="what guards found in the model's words"
    )
    model_call = models.ForeignKey(
        "llm_bridge.ModelCall",
        null=True,
        on_delete=models.SET_NULL,
        db_constraint=False,
        db_index=False,
    )
    cached_from = models.UUIDField(null=True, help_text="the exchange whose answer this is")
    decide_us = models.PositiveIntegerField(default=0, help_text="µs from text to decision")
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True, help_text="who answers it holds it until then")
    created_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(
                fields=["leased_until"], name="exchange_pending", condition=Q(state="pending")
            ),
        ]

    def __str__(self) -> str:
        return f"Exchange {self.id}"


class Feedback(models.Model):
    """A visitor's thumb on one answer; the latest counts."""

    class Rating(models.TextChoices):
        UP = "up"
        DOWN = "down"

    exchange = models.OneToOneField(Exchange, on_delete=models.CASCADE, primary_key=True)
    rating = models.CharField(max_length=4, choices=Rating)
    comment = models.CharField(max_length=1000, blank=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "feedback"

    def __str__(self) -> str:
        return f"{self.rating} on {self.exchange_id}"


class Presence(models.Model):
    """When a member of staff was last seen at the desk: what `agents_online` counts."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True
    )
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.user_id} at {self.seen_at}"
