"""Canaries: on schedule, by one process, an alarm once and none for noise."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connections
from kombu.exceptions import OperationalError
from pytest_django.fixtures import Settings

from llm_bridge.models import ModelPrice
from llm_bridge.releases import canary, dispatch, runs
from llm_bridge.releases.tables import CanaryAlarm, CaseAnswer, CaseRun
from llm_bridge.releases.tasks import carry_out_run
from tests.llm_bridge.releases.conftest import Shop

BUDGET = 1_000_000


def switch_on(shop: Shop) -> None:
    shop.add_case(is_canary=True, must_say=["30 days"])
    shop.reload()
    canary.set_schedule(profile=shop.profile, hours=24, repeats=3, budget=BUDGET, now=shop.now)
    shop.reload()


def run_due(shop: Shop) -> CaseRun:
    """The run that is due, carried out to its end."""
    (run_id,) = canary.open_due(now=shop.now)
    carry_out(run_id)
    return CaseRun.objects.get(pk=run_id)


def carry_out(run_id: UUID) -> None:
    async def ask() -> None:
        await dispatch.carry_out(run_id)
        await runs.in_thread(connections.close_all)()

    asyncio.run(ask())


def read(run: CaseRun) -> dict[str, Any]:
    assert run.measures is not None
    return dict(run.measures)


def test_it_is_off_without_a_budget(shop: Shop) -> None:
    shop.add_case(is_canary=True)
    canary.set_schedule(profile=shop.profile, hours=24, repeats=3, budget=None, now=shop.now)
    assert canary.open_due(now=shop.now) == []


def test_the_first_run_is_the_baseline(shop: Shop) -> None:
    switch_on(shop)
    run = run_due(shop)
    assert run.is_baseline
    assert (read(run)["asked"], read(run)["passed"]) == (3, 3)
    assert canary.find_alarms() == []


def test_it_comes_again_when_its_time_has_come_and_not_before(shop: Shop) -> None:
    switch_on(shop)
    run_due(shop)
    shop.pass_hours(23)
    assert canary.open_due(now=shop.now) == []
    shop.pass_hours(1)
    assert not run_due(shop).is_baseline


def test_two_processes_make_one_run(shop: Shop) -> None:
    switch_on(shop)

    def open_due(_process: int) -> int:
        try:
            return len(canary.open_due(now=shop.now))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(open_due, range(2))) == 1
    assert CaseRun.objects.count() == 1


def test_only_marked_cases_are_asked(shop: Shop) -> None:
    shop.add_case("Not this one, please")
    switch_on(shop)
    run = run_due(shop)
    assert {each.question for each in run.answers.all()} == {"How long can I return things?"}


def test_an_answer_that_stays_wrong_is_an_alarm_once(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    switch_on(shop)
    run_due(shop)
    shop.configure(main="empty", other="ok")
    for _ in range(2):
        shop.pass_hours(24)
        run_due(shop)
    (alarm,) = canary.find_alarms()
    assert alarm.kind == CanaryAlarm.Kind.SILENT
    assert caplog.text.count("canary alarm") == 1
    assert canary.clear_alarm(alarm=alarm, author=None, note="", is_normal=False, now=shop.now)
    shop.pass_hours(24)
    run_due(shop)
    assert len(canary.find_alarms()) == 1
    assert CanaryAlarm.objects.count() == 2


def test_what_is_off_once_and_right_again_is_noise(shop: Shop) -> None:
    switch_on(shop)
    baseline = run_due(shop)
    shop.pass_hours(24)
    (run_id,) = canary.open_due(now=shop.now)
    rows = CaseAnswer.objects.filter(run=run_id)
    rows.update(state="failed", text="Something else, whatever it may be, was said here.")
    carry_out(run_id)  # the first round is off as stored; the second is asked of the provider
    run = CaseRun.objects.get(pk=run_id)
    assert run.answers.filter(round=2).count() == 3
    assert read(run)["passed"] == read(baseline)["passed"]
    assert canary.find_alarms() == []


def test_this_is_normal_now_makes_a_new_baseline(shop: Shop) -> None:
    switch_on(shop)
    run_due(shop)
    run = CaseRun.objects.get()
    CaseAnswer.objects.filter(run=run).update(text="Something else, whatever it was.")
    shop.pass_hours(24)
    off = run_due(shop)
    alarms = canary.find_alarms()
    assert CanaryAlarm.Kind.DRIFTS in {alarm.kind for alarm in alarms}
    for alarm in alarms:
        canary.clear_alarm(alarm=alarm, author=None, note="ok", is_normal=True, now=shop.now)
    shop.pass_hours(24)
    later = run_due(shop)
    assert canary.find_baseline(later) == off
    assert canary.find_alarms() == []


def test_what_goes_live_is_looked_at_at_once_with_a_baseline_of_its_own(shop: Shop) -> None:
    switch_on(shop)
    run_due(shop)
    shop.draft("other", prompt="Be brief.")
    shop.publish(accept_untried=True)
    run = run_due(shop)
    assert run.is_baseline
    assert run.release == shop.profile.live


def test_a_run_whose_process_died_is_found_and_finished(shop: Shop) -> None:
    switch_on(shop)
    (run_id,) = canary.open_due(now=shop.now)
    CaseRun.objects.filter(pk=run_id).update(
        state="running", leased_until=shop.now - timedelta(minutes=5)
    )
    assert dispatch.find_left(now=shop.now) == [run_id]
    carry_out(run_id)
    assert CaseRun.objects.get(pk=run_id).state == CaseRun.State.FINISHED
    assert dispatch.find_left(now=shop.now) == []


def test_a_run_that_cannot_be_finished_ends(shop: Shop) -> None:
    switch_on(shop)
    (run_id,) = canary.open_due(now=shop.now)
    assert dispatch.find_left(now=shop.now + timedelta(hours=7)) == []
    assert CaseRun.objects.get(pk=run_id).state == CaseRun.State.CUT_SHORT


def test_it_spends_no_more_than_its_own_limit(shop: Shop) -> None:
    ModelPrice.objects.create(
        provider=shop.configured.providers[0].kind.name,
        model="*",
        valid_from="2020-01-01",
        input=1_000_000,
        output=1_000_000,
    )
    shop.add_case(is_canary=True)
    canary.set_schedule(profile=shop.profile, hours=24, repeats=3, budget=1, now=shop.now)
    shop.reload()
    run = run_due(shop)
    assert (run.state, run.why, run.is_baseline) == (CaseRun.State.CUT_SHORT, "money", False)
    assert shop.provider.completions == []
    assert canary.find_alarms() == []


def test_while_the_broker_is_away_this_process_asks_itself(
    shop: Shop, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: object) -> None:
        raise OperationalError

    settings.CELERY_BROKER_URL = "redis://127.0.0.1:9/0"
    monkeypatch.setattr(carry_out_run, "apply_async", refuse)
    switch_on(shop)
    started = dispatch.watch()
    assert len(started) == 1
    for thread in threading.enumerate():
        if thread.name == f"run-{started[0]}":
            thread.join(20)
    assert CaseRun.objects.get().state == CaseRun.State.FINISHED
