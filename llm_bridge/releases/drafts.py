"""The draft of a profile: saved whole, against the version its editor saw."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from llm_bridge.plan import parse_plan
from llm_bridge.releases.tables import ModelProfile


class Stale(Exception):
    """Somebody saved the draft meanwhile; `profile` is as it is now."""

    def __init__(self, profile: ModelProfile) -> None:
        who = profile.edited_by.get_username() if profile.edited_by else "Somebody"
        super().__init__(f"{who} saved this draft after you opened it.")
        self.profile = profile


def save_draft(
    *, profile: ModelProfile, content: Mapping[str, Any], version: int, author: Any, now: datetime
) -> int:
    """Stores the draft and gives its new version; raises Stale and PlanError."""
    parse_plan(content)
    with transaction.atomic():
        saved = ModelProfile.objects.filter(pk=profile.pk, version=version).update(
            draft=dict(content), version=F("version") + 1, edited_by=author, edited_at=now
        )
    if not saved:
        raise Stale(ModelProfile.objects.select_related("edited_by", "live").get(pk=profile.pk))
    return version + 1
