"""Making the draft the live release, and going back."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from llm_bridge.plan import PlanError, parse_plan
from llm_bridge.releases.contents import Content, build_draft, build_hash
from llm_bridge.releases.stages import get_configured
from llm_bridge.releases.tables import ModelActivation, ModelProfile, ModelRelease
from llm_bridge.releases.trials import Gate, find_gate
from llm_bridge.roster import check_plan

logger = logging.getLogger(__name__)


class PublishRefused(Exception):
    """What is live stays as it is; the text says why."""


class Overtaken(PublishRefused):
    """Somebody changed or published meanwhile."""


class Untried(PublishRefused):
    """The stored cases do not speak for it, and nobody said that this is known."""

    def __init__(self, message: str, gate: Gate) -> None:
        super().__init__(message)
        self.gate = gate


def publish(
    *,
    profile: ModelProfile,
    author: Any,
    message: str,
    version: int,
    live_id: int | None,
    now: datetime,
    accept_untried: bool = False,
) -> ModelRelease:
    """Makes the draft that its author has seen (`version`, beside `live_id`) the live release.

    Raises PublishRefused and changes nothing then. With `accept_untried` a trial that is missing
    or failed does not hold it up; the release says so.
    """
    with transaction.atomic():
        locked = _lock(profile)
        _check_seen(locked, version, live_id)
        content = _build_content(locked)
        gate = find_gate(locked, content)
        _check_gate(gate, accept_untried)
        release = ModelRelease.objects.create(
            profile=locked,
            number=(locked.releases.aggregate(Max("number"))["number__max"] or 0) + 1,
            content=content,
            content_hash=build_hash(content),
            message=message,
            tested=gate.tested,
            trial=gate.trial,
            author=author,
            created_at=now,
        )
        _activate(locked, release, ModelActivation.How.PUBLISHED, author, now)
    return release


def rollback(*, profile: ModelProfile, number: int, author: Any, now: datetime) -> ModelRelease:
    """Makes an earlier release live again, untouched; raises ModelRelease.DoesNotExist."""
    with transaction.atomic():
        locked = _lock(profile)
        release = ModelRelease.objects.get(profile=locked, number=number)
        if locked.live_id != release.pk:
            _activate(locked, release, ModelActivation.How.ROLLED_BACK, author, now)
    return release


def withdraw(*, profile: ModelProfile, author: Any, now: datetime) -> None:
    """No release is live: the server's own order counts again."""
    with transaction.atomic():
        locked = _lock(profile)
        if locked.live_id is not None:
            _activate(locked, None, ModelActivation.How.WITHDRAWN, author, now)


def _lock(profile: ModelProfile) -> ModelProfile:
    ModelProfile.objects.select_for_update().get(pk=profile.pk)
    return ModelProfile.objects.select_related("live").get(pk=profile.pk)


def _check_seen(locked: ModelProfile, version: int, live_id: int | None) -> None:
    if locked.version != version:
        raise Overtaken("Somebody changed the draft after you opened this page. Look again.")
    if locked.live_id != live_id:
        raise Overtaken("Another release went live after you opened this page. Look again.")


def _build_content(locked: ModelProfile) -> Content:
    """The draft, if it can be asked and says something new."""
    configured = get_configured()
    content = build_draft(locked, providers=configured.providers, default=configured.default)
    try:
        check_plan(parse_plan(content), configured.providers)
    except PlanError as error:
        raise PublishRefused(f"Not published: {error}") from error
    if locked.live and locked.live.content_hash == build_hash(content):
        raise PublishRefused("The draft says what is live already.")
    return content


def _check_gate(gate: Gate, accept_untried: bool) -> None:
    if gate.is_open or accept_untried:
        return
    if gate.worse:
        told = (
            "a case fails that passes" if gate.worse == 1 else f"{gate.worse} cases fail that pass"
        )
        raise Untried(f"Not published: {told} as it is live.", gate)
    raise Untried("Not published: this draft was not tried on the stored cases.", gate)


def _activate(
    locked: ModelProfile,
    release: ModelRelease | None,
    how: ModelActivation.How,
    author: Any,
    now: datetime,
) -> None:
    """The one place where the pointer moves; the canary looks at what is new at once."""
    ModelProfile.objects.filter(pk=locked.pk).update(live=release)
    ModelProfile.objects.filter(pk=locked.pk, canary_due_at__isnull=False).update(canary_due_at=now)
    ModelActivation.objects.create(
        profile=locked, release=release, how=how, author=author, created_at=now
    )
    logger.info(
        "model release went live",
        extra={
            "profile": locked.pk,
            "release": release.number if release else None,
            "how": str(how),
            "author": getattr(author, "pk", None),
        },
    )
