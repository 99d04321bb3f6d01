"""Trials: the draft beside what is live, to the end or to be gone on with, within a limit."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connections

from llm_bridge.models import ModelCall
from llm_bridge.plan import PlanError
from llm_bridge.releases import dispatch, runs
from llm_bridge.releases.publishing import Untried
from llm_bridge.releases.tables import CaseAnswer, CaseRun, ModelRelease
from llm_bridge.releases.trials import CannotTry, build_pairs, find_gate, start_trial
from tests.llm_bridge.fake_modes import MODES
from tests.llm_bridge.releases.conftest import Shop

State = CaseAnswer.State


def ask(run: CaseRun) -> CaseRun:
    """Carries a run out, as a thread of its own does."""

    async def carry_out() -> None:
        await dispatch.carry_out(run.pk)
        await runs.in_thread(connections.close_all)()

    asyncio.run(carry_out())
    run.refresh_from_db()
    return run


def start(shop: Shop, limit: int | None = None) -> CaseRun:
    shop.reload()
    return start_trial(profile=shop.profile, limit=limit, author=None, now=datetime.now(UTC))


def test_both_answers_stand_side_by_side_with_what_they_took(shop: Shop) -> None:
    shop.add_case(must_say=["30 days"])
    shop.draft("other", "main", prompt="Be brief.")
    run = ask(start(shop))
    (pair,) = build_pairs(run)
    assert run.state == CaseRun.State.FINISHED
    assert pair.live is not None
    assert (pair.tried.state, pair.live.state) == (State.PASSED, State.PASSED)
    assert "30 days" in pair.tried.text
    assert pair.tried.prompt_tokens
    assert ModelCall.objects.filter(reference=pair.tried.pk).exists()


def test_a_passed_trial_opens_the_gate_for_exactly_this_draft(shop: Shop) -> None:
    shop.add_case(must_say=["30 days"])
    shop.draft("other", "main")
    run = ask(start(shop))
    shop.reload()
    assert find_gate(shop.profile, shop.content).is_open
    release = shop.publish()
    assert (release.tested, release.trial) == (ModelRelease.Tested.TRIED, run)
    shop.draft("main", "other", prompt="Something else.")
    with pytest.raises(Untried):
        shop.publish()


def test_a_case_that_changed_since_wants_another_trial(shop: Shop) -> None:
    case = shop.add_case()
    shop.draft("other", "main")
    ask(start(shop))
    shop.profile.cases.filter(pk=case.pk).update(must_say=["free"])
    shop.reload()
    assert find_gate(shop.profile, shop.content).tested == ModelRelease.Tested.UNTRIED


def test_what_passed_and_fails_now_closes_the_gate(shop: Shop) -> None:
    shop.configure(main="ok", other="empty")
    shop.add_case(must_say=["30 days"])
    shop.draft("other")
    ask(start(shop))
    with pytest.raises(Untried, match="a case fails that passes"):
        shop.publish()
    release = shop.publish(accept_untried=True)
    assert release.tested == ModelRelease.Tested.FAILING


def test_what_failed_before_and_fails_now_holds_nothing_up(shop: Shop) -> None:
    shop.add_case(must_say=["a word that nobody says"])
    shop.draft("other", "main")
    ask(start(shop))
    assert shop.publish().tested == ModelRelease.Tested.TRIED


def test_an_interrupted_trial_goes_on_with_the_rest_alone(shop: Shop) -> None:
    shop.add_case("How long can I return things?")
    shop.add_case("And what does it cost?")
    shop.draft("other", "main")
    run = start(shop)
    first = run.answers.order_by("id")[0]
    CaseAnswer.objects.filter(pk=first.pk).update(state=State.PASSED, text="kept")
    long_ago = datetime.now(UTC) - timedelta(hours=1)
    CaseRun.objects.filter(pk=run.pk).update(state="running", leased_until=long_ago)
    run.refresh_from_db()
    assert runs.is_interrupted(run, now=datetime.now(UTC))
    ask(run)
    assert run.state == CaseRun.State.FINISHED
    assert len(shop.provider.completions) == 3
    assert run.answers.get(pk=first.pk).text == "kept"


def test_two_processes_do_not_ask_the_same_trial(shop: Shop) -> None:
    shop.add_case()
    shop.draft("other", "main")
    run = start(shop)

    async def twice() -> None:
        await asyncio.gather(dispatch.carry_out(run.pk), dispatch.carry_out(run.pk))
        await runs.in_thread(connections.close_all)()

    asyncio.run(twice())
    assert len(shop.provider.completions) == 2


def test_a_trial_that_is_stopped_records_nothing_more(shop: Shop) -> None:
    shop.add_case()
    shop.draft("other", "main")
    run = start(shop)
    assert runs.stop(run=run, now=datetime.now(UTC))
    ask(run)
    assert (run.state, run.why) == (CaseRun.State.CUT_SHORT, "person")
    assert shop.provider.completions == []


def test_a_second_trial_waits_for_the_first(shop: Shop) -> None:
    shop.add_case()
    shop.draft("other", "main")
    run = start(shop)
    later = datetime.now(UTC) + timedelta(minutes=1)
    CaseRun.objects.filter(pk=run.pk).update(state="running", leased_until=later)
    with pytest.raises(CannotTry, match="under way"):
        start(shop)


def test_a_trial_ends_where_its_limit_is_used_up(shop: Shop, expensive: Callable[[], Any]) -> None:
    expensive()
    shop.add_case()
    shop.draft("other", "main")
    run = ask(start(shop, limit=1))
    assert (run.state, run.why) == (CaseRun.State.CUT_SHORT, "money")
    assert shop.provider.completions == []
    shop.reload()
    assert not find_gate(shop.profile, shop.content).is_open


@pytest.fixture
def expensive(shop: Shop) -> Callable[[], Any]:
    """A price for what the fake provider serves."""
    from llm_bridge.models import ModelPrice

    def set_price() -> None:
        ModelPrice.objects.create(
            provider=shop.configured.providers[0].kind.name,
            model="*",
            valid_from="2020-01-01",
            input=1_000_000,
            output=1_000_000,
        )

    return set_price


def test_a_provider_that_is_down_is_no_answer_and_no_crash(shop: Shop) -> None:
    shop.configure(main="ok", other="unauthorised" if "unauthorised" in MODES else "empty")
    shop.add_case()
    shop.draft("other")
    run = ask(start(shop))
    (pair,) = build_pairs(run)
    assert run.state == CaseRun.State.FINISHED
    assert pair.tried.state == State.UNANSWERED
    assert pair.got_worse


def test_without_cases_there_is_nothing_to_try(shop: Shop) -> None:
    shop.draft("other")
    with pytest.raises(CannotTry, match="no cases"):
        start(shop)


def test_a_draft_that_cannot_be_asked_is_not_tried(shop: Shop) -> None:
    shop.add_case()
    shop.draft("gone")
    with pytest.raises(PlanError):
        start(shop)
