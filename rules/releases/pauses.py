"""Stop that now: a rule, the model or the whole bot, at once and past every gate."""

from __future__ import annotations

import logging
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from rules.models import Pause, Rulebook
from rules.releases.live import tell_everybody

PERMISSION = "rules.pause"

logger = logging.getLogger(__name__)


def pause(
    *, rulebook: Rulebook, kind: Pause.Kind | str, rule: str = "", reason: str = "", author: Any
) -> Pause:
    """Stops it everywhere within two seconds; what is paused already stays as it is.

    Raises ValueError where a rule is to be paused and none is named, or the other way round.
    """
    kind = Pause.Kind(kind)
    if (kind == Pause.Kind.RULE) != bool(rule):
        raise ValueError("A rule is paused by its name, the model and the bot without one.")
    row, is_new = Pause.objects.get_or_create(
        rulebook=rulebook,
        kind=kind,
        rule=rule,
        ended_at=None,
        defaults={"reason": reason, "paused_by": author},
    )
    if is_new:
        _tell("paused at once", row, author)
    return row


def resume(*, pause: Pause, author: Any) -> None:
    """Ends a pause; one that has ended stays as it is."""
    ended = Pause.objects.filter(pk=pause.pk, ended_at=None).update(
        ended_at=timezone.now(), ended_by=author
    )
    if ended:
        _tell("pause ended", pause, author)


def find_active(*, rulebook: Rulebook) -> QuerySet[Pause]:
    """What is paused now, the newest first."""
    return rulebook.pauses.filter(ended_at=None).select_related("paused_by")


def _tell(what: str, row: Pause, author: Any) -> None:
    logger.warning(
        what,
        extra={
            "rulebook": row.rulebook_id,
            "kind": str(row.kind),
            "rule": row.rule,
            "author": getattr(author, "pk", None),
        },
    )
    transaction.on_commit(tell_everybody)
