"""Releases: numbered, immutable, one publisher at a time, and always a way back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from llm_bridge.plan import Choice
from llm_bridge.releases.drafts import Stale, save_draft
from llm_bridge.releases.live import find_plan
from llm_bridge.releases.publishing import (
    Overtaken,
    PublishRefused,
    Untried,
    publish,
    rollback,
    withdraw,
)
from llm_bridge.releases.tables import ModelProfile, ModelRelease
from tests.llm_bridge.releases.conftest import NOW, Shop


def find(shop: Shop) -> object:
    return find_plan(profile_id=shop.profile.pk, providers=shop.configured.providers, default=None)


def test_without_a_release_the_servers_own_order_counts(shop: Shop) -> None:
    assert find(shop) is None


def test_what_is_published_is_asked_from_the_next_question_on(shop: Shop) -> None:
    shop.draft("other", "main", prompt="Be brief.")
    release = shop.publish("Brief")
    plan = find_plan(profile_id=shop.profile.pk, providers=shop.configured.providers, default=None)
    assert plan is not None
    assert plan.release == release.pk
    assert plan.choices == (Choice("other"), Choice("main"))
    assert plan.prompt == "Be brief."
    assert (release.number, release.tested) == (1, ModelRelease.Tested.NO_CASES)


def test_a_release_never_changes(shop: Shop) -> None:
    shop.draft("other")
    release = shop.publish()
    release.message = "changed"
    with pytest.raises(TypeError):
        release.save()


def test_rolling_back_brings_the_earlier_one_and_keeps_the_draft(shop: Shop) -> None:
    shop.draft("other")
    first = shop.publish()
    shop.draft("main", prompt="New words.")
    shop.publish()
    rollback(profile=shop.profile, number=1, author=None, now=NOW)
    shop.reload()
    assert shop.profile.live == first
    assert shop.content["prompt"] == "New words."
    hows = [each.how for each in shop.profile.activations.all()]
    assert hows == ["rolled back", "published", "published"]


def test_withdrawing_gives_the_order_back_to_the_server(shop: Shop) -> None:
    shop.draft("other")
    shop.publish()
    withdraw(profile=shop.profile, author=None, now=NOW)
    assert find(shop) is None


def test_the_same_as_live_is_not_published_again(shop: Shop) -> None:
    shop.draft("other")
    shop.publish()
    with pytest.raises(PublishRefused, match="live already"):
        shop.publish()


def test_a_provider_that_nobody_configures_is_not_published(shop: Shop) -> None:
    shop.draft("othr")
    with pytest.raises(PublishRefused, match="did you mean other"):
        shop.publish()
    shop.reload()
    assert shop.profile.live is None


def test_a_provider_that_is_gone_makes_way_for_the_others(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    shop.draft("other", "main", prompt="Be brief.")
    shop.publish()
    shop.configure(main="ok")
    plan = find_plan(profile_id=shop.profile.pk, providers=shop.configured.providers, default=None)
    assert plan is not None
    assert plan.choices == (Choice("main"),)
    assert "not configured" in caplog.text


def test_when_all_providers_are_gone_the_default_order_speaks_the_releases_words(
    shop: Shop,
) -> None:
    shop.draft("other", prompt="Be brief.")
    shop.publish()
    shop.configure(new="ok")
    plan = find_plan(profile_id=shop.profile.pk, providers=shop.configured.providers, default=None)
    assert plan is not None
    assert plan.choices == (Choice("new"),)
    assert plan.prompt == "Be brief."


def test_a_release_that_makes_no_sense_here_leaves_the_default(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    shop.draft("other")
    release = shop.publish()
    ModelRelease.objects.filter(pk=release.pk).update(content={"from": "a later version"})
    assert find(shop) is None
    assert "makes no sense" in caplog.text


def test_of_two_editors_the_second_is_told(shop: Shop) -> None:
    shop.draft("other")
    seen = shop.profile.version
    content = shop.content
    save_draft(profile=shop.profile, content=content, version=seen, author=None, now=NOW)
    with pytest.raises(Stale) as stale:
        save_draft(profile=shop.profile, content=content, version=seen, author=None, now=NOW)
    assert stale.value.profile.version == seen + 1


def test_nobody_publishes_what_he_has_not_seen(shop: Shop) -> None:
    shop.draft("other")
    with pytest.raises(Overtaken):
        publish(
            profile=shop.profile,
            author=None,
            message="late",
            version=shop.profile.version - 1,
            live_id=None,
            now=NOW,
        )


def test_of_two_who_publish_at_once_one_wins(shop: Shop) -> None:
    shop.draft("other")

    def try_it(message: str) -> str:
        try:
            publish(
                profile=shop.profile,
                author=None,
                message=message,
                version=shop.profile.version,
                live_id=None,
                now=NOW,
            )
        except Overtaken:
            return "overtaken"
        finally:
            connections.close_all()
        return "published"

    with ThreadPoolExecutor(2) as pool:
        ended = sorted(pool.map(try_it, ["one", "two"]))
    assert ended == ["overtaken", "published"]
    assert ModelRelease.objects.filter(profile=shop.profile).count() == 1


def test_with_cases_a_draft_has_to_be_tried_or_said_to_be_untried(shop: Shop) -> None:
    shop.add_case()
    shop.draft("other")
    with pytest.raises(Untried):
        shop.publish()
    release = shop.publish(accept_untried=True)
    assert release.tested == ModelRelease.Tested.UNTRIED
    assert ModelProfile.objects.get(pk=shop.profile.pk).live == release
