"""A profile with a model that behaves as its name says, and articles to ask with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from llm_bridge.models import KnowledgeBase, ModelProfile
from llm_bridge.plan import Choice, Plan, to_json
from llm_bridge.providers.configuration import ProviderConfig
from llm_bridge.releases import stages
from llm_bridge.releases.cases import record_case
from llm_bridge.releases.drafts import save_draft
from llm_bridge.releases.publishing import publish
from llm_bridge.releases.stages import Configured, Stage
from llm_bridge.releases.tables import ModelCase, ModelRelease
from tests.llm_bridge.asking import OPEN
from tests.llm_bridge.fake_provider import FakeProvider

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@dataclass(slots=True)
class Shop:
    """One profile and everything that its releases need; `now` is its clock."""

    profile: ModelProfile
    provider: FakeProvider
    stage: Stage
    configured: Configured = field(default_factory=Configured)
    now: datetime = NOW

    def configure(self, **models: str) -> None:
        """Providers by name, each with a model whose name is its behaviour."""
        configs = tuple(
            ProviderConfig(
                base_url=self.provider.base_url, api_key="k", model=model, name=name, kind_name=""
            )
            for name, model in models.items()
        )
        self.configured = replace(self.configured, providers=configs)

    def draft(self, *choices: str, prompt: str = "", **more: object) -> None:
        """Saves a draft that asks these providers in this order."""
        plan = Plan(release=None, choices=tuple(map(Choice, choices)), prompt=prompt, **more)  # type: ignore[arg-type]
        self.reload()
        save_draft(
            profile=self.profile,
            content=to_json(plan),
            version=self.profile.version,
            author=None,
            now=self.now,
        )
        self.reload()

    def publish(self, message: str = "test", **more: bool) -> ModelRelease:
        self.reload()
        release = publish(
            profile=self.profile,
            author=None,
            message=message,
            version=self.profile.version,
            live_id=self.profile.live_id,
            now=self.now,
            **more,
        )
        self.reload()
        return release

    def add_case(
        self, question: str = "How long can I return things?", **more: object
    ) -> ModelCase:
        case = record_case(profile=self.profile, question=question)
        ModelCase.objects.filter(pk=case.pk).update(**more)
        case.refresh_from_db()
        return case

    def reload(self) -> None:
        self.profile = ModelProfile.objects.select_related("live").get(pk=self.profile.pk)

    @property
    def content(self) -> dict[str, Any]:
        """The saved draft."""
        assert self.profile.draft is not None
        return dict(self.profile.draft)

    def pass_hours(self, hours: float) -> None:
        self.now += timedelta(hours=hours)


@pytest.fixture
def shop(transactional_db: None, provider: FakeProvider) -> Iterator[Shop]:
    profile, _ = ModelProfile.objects.get_or_create(name="Tested")
    base = KnowledgeBase.objects.create(name="Tested")
    stage = Stage(site_name="Shop", language="en", base_id=base.pk, payer=1, guards=OPEN)
    shop = Shop(profile, provider, stage)
    shop.configure(main="ok", other="ok")
    before = list(stages._provided)
    stages.provide_stages(
        find_stages=lambda _profile: [shop.stage], get_configured=lambda: shop.configured
    )
    yield shop
    stages._provided[:] = before
