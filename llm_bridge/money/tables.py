"""The tables of money: prices of one's own, accounts, what is reserved on them, and alerts.

All amounts are whole micro-dollars. Rows of Account, Reservation and BudgetAlert change in
`accounts`, `reservations` and `alerts` only.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from llm_bridge.money.budgets import Scope


class ModelPrice(models.Model):
    """A price that somebody set in the console: it goes before the files'."""

    provider = models.CharField(
        max_length=20, help_text="The kind of provider: openai, anthropic, vllm, other …"
    )
    model = models.CharField(
        max_length=200, help_text="The model's name; * stands for any letters."
    )
    valid_from = models.DateField("counts from", help_text="The first day (UTC).")
    input = models.PositiveBigIntegerField()
    cached = models.PositiveBigIntegerField(null=True, blank=True)
    output = models.PositiveBigIntegerField()

    class Meta:
        ordering: ClassVar = ["provider", "model", "-valid_from"]
        verbose_name = "price"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["provider", "model", "valid_from"], name="price_once_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.model} from {self.valid_from}"


class Account(models.Model):
    """What was spent, and what calls under way may still spend, in one scope of one payer."""

    key = models.CharField(primary_key=True, max_length=80)
    payer = models.PositiveBigIntegerField(help_text="who pays: the site's id")
    scope = models.CharField(max_length=12, choices=Scope)
    period = models.CharField(max_length=36, help_text="2026-11-22, 2026-11, or a conversation")
    spent = models.BigIntegerField(default=0)
    reserved = models.BigIntegerField(default=0)
    alerted = models.PositiveSmallIntegerField(default=0, help_text="the highest alert, per cent")
    opened_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(spent__gte=0) & Q(reserved__gte=0), name="account_never_negative"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["scope", "opened_at"])]

    def __str__(self) -> str:
        return self.key


class Reservation(models.Model):
    """One call under way: written before it, gone with its receipt.

    Holds what the ledger needs of a call whose process died.
    """

    id = models.UUIDField(primary_key=True, editable=False, help_text="the call's id")
    accounts = models.JSONField(default=list, help_text="keys, in the order of locking")
    amount = models.PositiveBigIntegerField(help_text="the most that the call can cost")
    prompt_cost = models.PositiveBigIntegerField(help_text="what its prompt alone costs")
    payer = models.PositiveBigIntegerField(null=True)
    reference = models.UUIDField()
    provider = models.CharField(max_length=20)
    provider_host = models.CharField(max_length=255)
    model = models.CharField(max_length=200, blank=True)
    model_release = models.PositiveIntegerField(null=True)
    prompt_version = models.CharField(max_length=32)
    price = models.CharField(max_length=240)
    started_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.amount} µ$ for {self.reference}"


class BudgetAlert(models.Model):
    """A share of a limit was used up; told once for each period and share."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="alerts")
    threshold = models.PositiveSmallIntegerField(help_text="per cent of the limit")
    limit = models.PositiveBigIntegerField()
    spent = models.PositiveBigIntegerField()
    at = models.DateTimeField(db_index=True)

    class Meta:
        ordering: ClassVar = ["-at", "-threshold"]
        verbose_name = "budget alert"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "threshold"], name="alert_once")
        ]

    def __str__(self) -> str:
        return f"{self.threshold} % of {self.account_id}"
