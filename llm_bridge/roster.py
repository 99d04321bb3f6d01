"""Who can be asked: the configured providers by name, and the plan of their order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from llm_bridge.plan import Choice, Plan, PlanError
from llm_bridge.providers.configuration import ProviderConfig
from llm_bridge.values import Query


@dataclass(frozen=True, slots=True)
class Target:
    """One model at one provider, ready to be asked."""

    config: ProviderConfig
    model: str
    reasoning_effort: str


@dataclass(frozen=True, slots=True)
class Roster:
    """The providers and the plan that one question is asked by."""

    providers: Mapping[str, ProviderConfig]
    plan: Plan

    def get_targets(self, query: Query) -> tuple[Target, ...]:
        """Whom to ask, in order; a provider that is configured no longer is left out."""
        choices = self.plan.get_order(query)
        return tuple(
            _build_target(self.providers[choice.provider], choice)
            for choice in choices
            if choice.provider in self.providers
        )


def build_roster(providers: Iterable[ProviderConfig], *, plan: Plan | None = None) -> Roster | None:
    """Everyone configured, in the plan's order or else as configured; None when nobody is."""
    by_name = {config.name: config for config in providers}
    if not by_name:
        return None
    return Roster(providers=by_name, plan=plan or build_default_plan(by_name.values()))


def build_default_plan(providers: Iterable[ProviderConfig]) -> Plan:
    """One provider after the other, each with its own model."""
    return Plan(release=None, choices=tuple(Choice(config.name) for config in providers))


def check_plan(plan: Plan, providers: Iterable[ProviderConfig]) -> None:
    """Raises PlanError if the plan names a provider or a model that is not configured."""
    by_name = {config.name: config for config in providers}
    for choice in (*plan.choices, *plan.hard_choices):
        if choice.provider not in by_name:
            _refuse("provider", choice.provider, tuple(by_name))
        models = by_name[choice.provider].models
        if choice.model and models and choice.model not in models:
            _refuse(f"model of {choice.provider!r}", choice.model, models)


def _refuse(what: str, name: str, known: tuple[str, ...]) -> None:
    nearest = get_close_matches(name, known, n=1) or known
    raise PlanError(f"No {what} is called {name!r}; did you mean {' or '.join(nearest)}?")


def _build_target(config: ProviderConfig, choice: Choice) -> Target:
    # An effort that is configured for the provider's own model may not suit another.
    effort = config.reasoning_effort if choice.model in {"", config.model} else ""
    return Target(
        config=config,
        model=choice.model or config.model,
        reasoning_effort=choice.reasoning_effort or effort,
    )
