"""Where cases are asked: in whose name, on which articles, at whose expense.

Whoever has the sites and the configuration provides both; this room knows neither.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

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

    def build_budget(self, *, account: UUID, limit: int | None, today: date) -> Budget:
        """The run's own limit within the site's."""
        return build_budget(
            payer=self.payer,
            conversation_id=account,
            today=today,
            conversation=limit,
            day=self.day,
            month=self.month,
        )


FindStages = Callable[[ModelProfile], Iterable[Stage]]
GetConfigured = Callable[[], Configured]
_provided: list[tuple[FindStages, GetConfigured]] = []


def provide_stages(*, find_stages: FindStages, get_configured: GetConfigured) -> None:
    """By whoever has the sites: a profile's, oldest first, and the configured providers."""
    _provided[:] = [(find_stages, get_configured)]


def find_stage(profile: ModelProfile) -> Stage | None:
    """The first site that uses the profile; None where none does."""
    return next(iter(_provided[0][0](profile)), None) if _provided else None


def find_site_names(profile: ModelProfile) -> list[str]:
    """The sites that ask by this profile."""
    return [each.site_name for each in _provided[0][0](profile)] if _provided else []


def get_configured() -> Configured:
    return _provided[0][1]() if _provided else Configured()
