"""A site's questions are asked by its live model release, from the next question on."""

from __future__ import annotations

from django.utils import timezone

from chatbot.conversations.models import Exchange, Site
from llm_bridge.models import ModelCall, ModelProfile
from llm_bridge.plan import Choice, Parameters, Plan, to_json
from llm_bridge.releases.drafts import save_draft
from llm_bridge.releases.publishing import publish, withdraw
from llm_bridge.releases.tables import ModelRelease
from tests.chatbot.conftest import UseModel
from tests.llm_bridge.fake_provider import FakeProvider
from tests.server import Server

UNCOVERED = "do you sell tea towels?"


def make_profile(site: Site) -> ModelProfile:
    profile = ModelProfile.objects.create(name="Ours")
    Site.objects.filter(pk=site.pk).update(model_profile=profile)
    return profile


def go_live(profile: ModelProfile, plan: Plan) -> ModelRelease:
    now = timezone.now()
    version = save_draft(profile=profile, content=to_json(plan), version=0, author=None, now=now)
    return publish(
        profile=profile, author=None, message="Ours", version=version, live_id=None, now=now
    )


def get_system_message(provider: FakeProvider) -> str:
    return str(provider.completions[-1].body["messages"][0]["content"])


def test_what_goes_live_counts_from_the_next_question_on(
    server: Server, use_model: UseModel, site: Site, provider: FakeProvider
) -> None:
    use_model("ok")
    profile = make_profile(site)
    plan = Plan(
        release=None,
        choices=(Choice("default"),),
        prompt="We say thou.",
        parameters=Parameters(temperature=0.7),
    )
    with server.chat() as visitor:
        visitor.ask(UNCOVERED)
        assert "We say thou." not in get_system_message(provider)
        release = go_live(profile, plan)
        visitor.ask(UNCOVERED)
        assert "We say thou." in get_system_message(provider)
        assert provider.completions[-1].body["temperature"] == 0.7
        withdraw(profile=profile, author=None, now=timezone.now())
        visitor.ask(UNCOVERED)
        assert "We say thou." not in get_system_message(provider)
    numbers = list(ModelCall.objects.order_by("pk").values_list("model_release", flat=True))
    assert numbers == [None, release.pk, None]


def test_a_release_whose_provider_is_gone_still_answers(
    server: Server, use_model: UseModel, site: Site, provider: FakeProvider
) -> None:
    use_model("ok")
    profile = make_profile(site)
    release = go_live(profile, Plan(release=None, choices=(Choice("default"),), prompt="Ours."))
    ModelRelease.objects.filter(pk=release.pk).update(
        content={"choices": [{"provider": "gone"}], "prompt": "Ours."}
    )
    with server.chat() as visitor:
        answer = visitor.ask(UNCOVERED)
    assert answer["source"] == "llm"
    assert "Ours." in get_system_message(provider)
    assert Exchange.objects.get().failure == ""
