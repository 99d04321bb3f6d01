"""A plan as it is stored: its hash, what of it can still be asked, what the draft says."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from llm_bridge.plan import Choice, Plan, to_json
from llm_bridge.providers.configuration import ProviderConfig
from llm_bridge.releases.tables import ModelProfile
from llm_bridge.roster import build_default_plan

Content = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Fitted:
    """A plan that can be asked here, and the choices that it names and nobody configures."""

    plan: Plan
    missing: tuple[Choice, ...] = ()
    is_replaced: bool = False


def build_hash(content: Content) -> str:
    """SHA-256 over the canonical JSON of a plan."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def fit_plan(plan: Plan, *, providers: Iterable[ProviderConfig], default: Plan | None) -> Fitted:
    """The plan without what is configured no longer.

    If that leaves nobody to ask, the default's models take their place; what the company says,
    the parameters and the release's number stay.
    """
    known = {config.name: config for config in providers}
    missing = tuple(
        dict.fromkeys(
            each for each in (*plan.choices, *plan.hard_choices) if not _is_configured(each, known)
        )
    )
    if not missing:
        return Fitted(plan)
    choices, hard = (
        tuple(each for each in listed if each not in missing)
        for listed in (plan.choices, plan.hard_choices)
    )
    if choices:
        return Fitted(replace(plan, choices=choices, hard_choices=hard), missing)
    fallback = default or build_default_plan(known.values())
    models = replace(
        plan,
        choices=fallback.choices,
        hard_choices=hard or fallback.hard_choices,
        hard_when=plan.hard_when if hard else fallback.hard_when,
    )
    return Fitted(models, missing, is_replaced=True)


def _is_configured(choice: Choice, known: Mapping[str, ProviderConfig]) -> bool:
    config = known.get(choice.provider)
    if config is None:
        return False
    is_open = not choice.model or not config.models or choice.model == config.model
    return is_open or choice.model in config.models


def build_live_content(
    profile: ModelProfile, *, providers: Iterable[ProviderConfig], default: Plan | None
) -> Content:
    """What answers now: the live release's, else the default plan's."""
    if profile.live is not None:
        content: Content = profile.live.content
        return content
    # Through JSON, as it would be stored, so that the two compare.
    plan = to_json(default or build_default_plan(providers))
    stored: Content = json.loads(json.dumps(plan))
    return stored


def build_draft(
    profile: ModelProfile, *, providers: Iterable[ProviderConfig], default: Plan | None
) -> Content:
    """What editors see: their draft, else what answers now."""
    draft: Content | None = profile.draft
    return draft or build_live_content(profile, providers=providers, default=default)
