"""Where cases are asked: in whose name, on which articles, at whose expense.

Whoever has the sites and the configuration provides both; this room knows neither.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from llm_bridge.guards.policy import DEFAULT_POLICY, GuardPolicy
from llm_bridge.money.budgets import Budget, build_budget
from llm_bridge.plan import Plan
from llm_bridge.providers.configuration import ProviderConfig
from llm_bridge.releases.tables import ModelProfile


@dataclass(frozen=True, slots=True, kw_only=True)
class Configured:
    """Who can be asked, and in which order where no release says it."""

    providers: tuple[ProviderConfig, ...] = ()
    default: Plan | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A site as a case needs it; limits in micro-dollars, None for as much as it takes."""

    site_name: str
    language: str
    base_id: int
    payer: int
    day: int | None = None
    month: int | None = None
    timezone: str = "UTC"  # by which its day and month are counted
    guards: GuardPolicy = DEFAULT_POLICY

    def build_budget(self, *, account: UUID, limit: int | None, now: datetime) -> Budget:
        """The run's own limit within the site's."""
        today = now.astimezone(ZoneInfo(self.timezone)).date()
        return build_budget(
            payer=self.payer,
            conversation_id=account,
            today=today,
            conversation=limit,
            day=self.day,
            month=self.month,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question that a visitor really asked."""

    profile: ModelProfile
    text: str
    language: str


FindStages = Callable[[ModelProfile], Iterable[Stage]]
GetConfigured = Callable[[], Configured]
FindQuestion = Callable[[UUID], Asked | None]
_provided: list[tuple[FindStages, GetConfigured, FindQuestion]] = []


def provide_stages(
    *,
    find_stages: FindStages,
    get_configured: GetConfigured,
    find_question: FindQuestion = lambda _reference: None,
) -> None:
    """By whoever has the sites: a profile's, oldest first; the configured providers; and what was
    asked in an exchange."""
    _provided[:] = [(find_stages, get_configured, find_question)]


def find_stage(profile: ModelProfile) -> Stage | None:
    """The first site that uses the profile; None where none does."""
    return next(iter(_provided[0][0](profile)), None) if _provided else None


def find_site_names(profile: ModelProfile) -> list[str]:
    """The sites that ask by this profile."""
    return [each.site_name for each in _provided[0][0](profile)] if _provided else []


def get_configured() -> Configured:
    return _provided[0][1]() if _provided else Configured()


def find_question(reference: UUID) -> Asked | None:
    """What a visitor asked in an exchange, if it is kept and its site has a profile."""
    return _provided[0][2](reference) if _provided else None
