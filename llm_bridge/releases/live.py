"""By which plan a site's questions are asked: read where a question needs it.

Each question reads the pointer anew: it is one row by its key, beside a dozen that the question
reads anyway and a call of seconds. So what goes live counts from the next question on in every
process, and there is nothing to refresh, to lose, or to be late.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence

from llm_bridge.plan import Plan, PlanError, parse_plan
from llm_bridge.providers.configuration import ProviderConfig
from llm_bridge.releases.contents import fit_plan
from llm_bridge.releases.differences import describe_choice
from llm_bridge.releases.tables import ModelProfile, ModelRelease

TOLD_EVERY = 60.0  # seconds between two log lines about the same release

logger = logging.getLogger(__name__)
_told: dict[tuple[int, str], float] = {}


def find_plan(
    *, profile_id: int | None, providers: Sequence[ProviderConfig], default: Plan | None
) -> Plan | None:
    """The live release's plan as far as it can be asked, else the default."""
    if profile_id is None:
        return default
    live = ModelProfile.objects.filter(pk=profile_id).values("live_id")
    release = ModelRelease.objects.filter(pk__in=live).first()
    if release is None:
        return default
    try:
        plan = parse_plan(release.content, release=release.pk)
    except PlanError as error:
        _tell(release, "model release makes no sense here: the default is asked", str(error))
        return default
    fitted = fit_plan(plan, providers=providers, default=default)
    if fitted.missing:
        names = ", ".join(map(describe_choice, fitted.missing))
        _tell(release, "model release names models that are not configured", names)
    return fitted.plan


def _tell(release: ModelRelease, what: str, problem: str) -> None:
    """The same at most once a minute: each question would say it."""
    now, key = time.monotonic(), (release.pk, problem)
    if now - _told.get(key, -TOLD_EVERY) >= TOLD_EVERY:
        _told[key] = now
        logger.warning(what, extra={"release": release.pk, "problem": problem})
