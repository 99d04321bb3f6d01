"""The canary: some cases asked on schedule, several times each, and an alarm when answers change.

The first run of a release is its baseline; later ones are judged against it. A run that is off
asks everything once more, and only what is off both times raises an alarm: once, until a person
clears it. Nothing here ever stops an answer.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction

from llm_bridge.prompts import PROMPT_VERSION
from llm_bridge.releases.cases import build_cases_hash
from llm_bridge.releases.contents import build_hash, build_live_content
from llm_bridge.releases.measures import Finding, Sample, judge, measure
from llm_bridge.releases.runs import UNDER_WAY
from llm_bridge.releases.stages import find_stage, get_configured
from llm_bridge.releases.tables import CanaryAlarm, CaseAnswer, CaseRun, ModelProfile
from llm_bridge.releases.trials import record_questions

KEPT = 30  # runs of a profile whose answers are kept, beside the baselines
MOST_REPEATS = 10
ROUNDS = 2
_ACCOUNTS = UUID("6f0d2a52-0d5b-4c0e-9d7c-2a6b7b1f9a10")

logger = logging.getLogger(__name__)


def is_on(profile: ModelProfile) -> bool:
    return bool(profile.canary_hours and profile.canary_budget)


def set_schedule(
    *, profile: ModelProfile, hours: int | None, repeats: int, budget: int | None, now: datetime
) -> None:
    """How often, how many times each, and for how much a day in micro-dollars; no hours or no
    budget: never."""
    profile.canary_hours, profile.canary_budget = hours, budget
    profile.canary_repeats = max(1, min(repeats, MOST_REPEATS))
    ModelProfile.objects.filter(pk=profile.pk).update(
        canary_hours=hours,
        canary_budget=budget,
        canary_repeats=profile.canary_repeats,
        canary_due_at=now if is_on(profile) else None,
    )


def open_due(*, now: datetime) -> list[UUID]:
    """Writes down the runs that are due; whoever moves a profile's due time on makes its run."""
    due = ModelProfile.objects.filter(canary_due_at__lte=now).select_related("live")
    opened = (open_run(profile=profile, now=now) for profile in due if is_on(profile))
    return [run.pk for run in opened if run]


def open_run(*, profile: ModelProfile, now: datetime) -> CaseRun | None:
    """The run that is due now; None where another process made it, or nothing can be asked."""
    next_at = now + timedelta(hours=profile.canary_hours or 24)
    with transaction.atomic():
        mine = ModelProfile.objects.filter(pk=profile.pk, canary_due_at=profile.canary_due_at)
        if not mine.update(canary_due_at=next_at):
            return None
        cases = list(profile.cases.filter(is_canary=True))
        if not cases or _has_open_run(profile) or not _can_ask(profile):
            logger.info("canary had nothing to ask", extra={"profile": profile.pk})
            return None
        run = _insert_run(profile, cases, now)
    forget_old(profile)
    return run


def _has_open_run(profile: ModelProfile) -> bool:
    return profile.runs.filter(kind=CaseRun.Kind.CANARY, state__in=UNDER_WAY).exists()


def _can_ask(profile: ModelProfile) -> bool:
    return find_stage(profile) is not None and bool(get_configured().providers)


def _insert_run(profile: ModelProfile, cases: list[Any], now: datetime) -> CaseRun:
    configured = get_configured()
    content = build_live_content(
        profile, providers=configured.providers, default=configured.default
    )
    run = CaseRun.objects.create(
        profile=profile,
        kind=CaseRun.Kind.CANARY,
        content=content,
        content_hash=build_hash(content),
        release=profile.live,
        cases_hash=build_cases_hash(cases),
        prompt_version=PROMPT_VERSION,
        limit=profile.canary_budget,
        # One account a day, however many runs it has.
        account=uuid5(_ACCOUNTS, f"{profile.pk} {now:%Y-%m-%d}"),
        started_at=now,
    )
    record_questions(run, cases, sides=[CaseAnswer.Side.TRIED], repeats=profile.canary_repeats)
    return run


def add_round(*, run: CaseRun) -> bool:
    """What is off is asked once more; False where it is not, or was already."""
    rows = list(run.answers.filter(round=1))
    baseline = find_baseline(run)
    if baseline is None or run.why or run.answers.filter(round=ROUNDS).exists():
        return False
    if not judge(read_samples(run, 1), baseline=read_samples(baseline)):
        return False
    CaseAnswer.objects.bulk_create(
        CaseAnswer(
            run=run,
            case=row.case,
            question=row.question,
            expected=row.expected,
            side=row.side,
            round=ROUNDS,
            repeat=row.repeat,
        )
        for row in rows
    )
    return True


def conclude(*, run: CaseRun, now: datetime) -> None:
    """Keeps what was measured; raises an alarm for what is off in every round that was asked.

    A run that ended early is judged by what it has, if that is half of it.
    """
    baseline = find_baseline(run)
    before = read_samples(baseline) if baseline else []
    samples = read_samples(run)
    if run.why and not _has_half(run):
        return
    measures = measure(samples, baseline=before)
    is_first = baseline is None and not run.why and measures.answered == measures.asked
    CaseRun.objects.filter(pk=run.pk).update(measures=measures.to_json(), is_baseline=is_first)
    if baseline is not None:
        record_alarms(run=run, findings=_find_confirmed(run, before), now=now)


def _has_half(run: CaseRun) -> bool:
    waiting = run.answers.filter(round=1, state=CaseAnswer.State.WAITING).count()
    return waiting * 2 <= run.answers.filter(round=1).count()


def _find_confirmed(run: CaseRun, before: Sequence[Sample]) -> list[Finding]:
    """Off in the first round and again in the second, if that was asked to its end."""
    found = judge(read_samples(run, 1), baseline=before)
    again = run.answers.filter(round=ROUNDS)
    if not again.exists() or again.filter(state=CaseAnswer.State.WAITING).exists():
        return list(found)
    kinds = {each.kind for each in found}
    return [each for each in judge(read_samples(run), baseline=before) if each.kind in kinds]


def find_baseline(run: CaseRun) -> CaseRun | None:
    """What this run is judged against: the same plan, cases and words of ours, or nothing."""
    return (
        CaseRun.objects.filter(
            profile=run.profile_id,
            kind=CaseRun.Kind.CANARY,
            is_baseline=True,
            content_hash=run.content_hash,
            cases_hash=run.cases_hash,
            prompt_version=run.prompt_version,
        )
        .exclude(pk=run.pk)
        .order_by("-started_at")
        .first()
    )


def read_samples(run: CaseRun, round_: int | None = None) -> list[Sample]:
    """The answers of one round, or of the last that was asked."""
    rows = run.answers.exclude(state=CaseAnswer.State.WAITING)
    if round_ is None:
        asked = rows.order_by("-round").values_list("round", flat=True).first()
        round_ = asked or 1
    state = CaseAnswer.State
    return [
        Sample(
            case=row.case,
            text=row.text,
            passed=None if row.state == state.UNANSWERED else row.state == state.PASSED,
            model=row.model,
        )
        for row in rows.filter(round=round_)
    ]


def record_alarms(*, run: CaseRun, findings: Sequence[Finding], now: datetime) -> None:
    """One open alarm for each kind: while it is open the same finding says nothing new."""
    for found in findings:
        alarm, is_new = CanaryAlarm.objects.get_or_create(
            profile_id=run.profile_id,
            kind=found.kind,
            cleared_at=None,
            defaults={"run": run, "detail": found.detail[:300], "raised_at": now},
        )
        if is_new:
            logger.warning(
                "canary alarm",
                extra={
                    "profile": run.profile_id,
                    "kind": str(found.kind),
                    "run": str(run.pk),
                    "alarm": alarm.pk,
                },
            )


def clear_alarm(
    *, alarm: CanaryAlarm, author: Any, note: str, is_normal: bool, now: datetime
) -> bool:
    """A person has seen it; with `is_normal` its run is what later ones are judged against."""
    with transaction.atomic():
        cleared = CanaryAlarm.objects.filter(pk=alarm.pk, cleared_at=None).update(
            cleared_at=now, cleared_by=author, note=note[:500]
        )
        if cleared and is_normal and alarm.run_id:
            CaseRun.objects.filter(pk=alarm.run_id).update(is_baseline=True)
    return bool(cleared)


def find_alarms(profile: ModelProfile | None = None) -> list[CanaryAlarm]:
    """Those that nobody has cleared, the newest first."""
    rows = CanaryAlarm.objects.filter(cleared_at=None).select_related("profile", "run")
    return list(rows if profile is None else rows.filter(profile=profile))


def forget_old(profile: ModelProfile) -> None:
    """The answers of old runs go; baselines, figures and alarms stay."""
    old = profile.runs.filter(kind=CaseRun.Kind.CANARY, is_baseline=False)
    CaseAnswer.objects.filter(
        run__in=[run.pk for run in old.order_by("-started_at")[KEPT:]]
    ).delete()
