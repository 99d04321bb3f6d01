"""Trials: the draft on the stored cases, beside what is live; and what they say of publishing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from llm_bridge.plan import parse_plan
from llm_bridge.prompts import PROMPT_VERSION
from llm_bridge.releases.cases import build_cases_hash, build_expected
from llm_bridge.releases.contents import Content, build_draft, build_hash, build_live_content
from llm_bridge.releases.runs import UNDER_WAY, is_interrupted, stop
from llm_bridge.releases.stages import find_stage, get_configured
from llm_bridge.releases.tables import (
    CaseAnswer,
    CaseRun,
    ModelCase,
    ModelProfile,
    ModelRelease,
)
from llm_bridge.roster import check_plan

KEPT = 20  # runs of each kind whose answers are kept
Side = CaseAnswer.Side
Passed = CaseAnswer.State.PASSED


class CannotTry(Exception):
    """No trial can be made; the text says why."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One case in a trial: what the draft answered, and what is live, if that was asked."""

    tried: CaseAnswer
    live: CaseAnswer | None

    @property
    def got_worse(self) -> bool:
        """It passes as it is live and no longer in the draft."""
        return (
            self.live is not None
            and self.live.state == Passed
            and self.tried.state not in {Passed, CaseAnswer.State.WAITING}
        )


@dataclass(frozen=True, slots=True)
class Gate:
    """What the stored cases say of publishing exactly this draft."""

    tested: ModelRelease.Tested
    trial: CaseRun | None = None
    worse: int = 0

    @property
    def is_open(self) -> bool:
        tested = ModelRelease.Tested
        return self.tested in {tested.TRIED, tested.NO_CASES}


def start_trial(*, profile: ModelProfile, limit: int | None, author: Any, now: datetime) -> CaseRun:
    """Writes down a trial of the draft as it is; raises CannotTry and PlanError.

    `limit` is what it may cost in micro-dollars. A trial that nobody carries out any more ends.
    """
    run = _build_trial(profile, limit=limit, author=author, now=now)
    cases = list(profile.cases.all())
    _check_cases(profile, cases)
    run.cases_hash = build_cases_hash(cases)
    with transaction.atomic():
        ModelProfile.objects.select_for_update().get(pk=profile.pk)
        _end_interrupted(profile, now)
        run.save(force_insert=True)
        record_questions(run, cases, sides=_get_sides(run))
    forget_old(profile)
    return run


def _build_trial(
    profile: ModelProfile, *, limit: int | None, author: Any, now: datetime
) -> CaseRun:
    """The draft beside what is live, if there is something that can be asked; raises PlanError."""
    configured = get_configured()
    content = build_draft(profile, providers=configured.providers, default=configured.default)
    check_plan(parse_plan(content), configured.providers)
    live = build_live_content(profile, providers=configured.providers, default=configured.default)
    run = CaseRun(
        profile=profile,
        kind=CaseRun.Kind.TRIAL,
        content=content,
        content_hash=build_hash(content),
        beside=live if build_hash(live) != build_hash(content) else None,
        release=profile.live,
        prompt_version=PROMPT_VERSION,
        limit=limit,
        started_by=author,
        started_at=now,
    )
    run.account = run.pk
    return run


def _check_cases(profile: ModelProfile, cases: Sequence[ModelCase]) -> None:
    if not cases:
        raise CannotTry("There are no cases yet: add some questions first.")
    if find_stage(profile) is None:
        raise CannotTry("No site uses this profile, so there are no articles to ask with.")


def _get_sides(run: CaseRun) -> list[CaseAnswer.Side]:
    return [Side.TRIED] if run.beside is None else [Side.TRIED, Side.LIVE]


def _end_interrupted(profile: ModelProfile, now: datetime) -> None:
    open_run = find_open_trial(profile)
    if open_run is None:
        return
    if not is_interrupted(open_run, now=now):
        raise CannotTry("A trial is under way: wait for it, or stop it.")
    stop(run=open_run, now=now)


def record_questions(
    run: CaseRun,
    cases: Sequence[ModelCase],
    *,
    sides: list[CaseAnswer.Side],
    round_: int = 1,
    repeats: int = 1,
) -> None:
    """Everything that is to be asked, before anything is."""
    CaseAnswer.objects.bulk_create(
        CaseAnswer(
            run=run,
            case=case.pk,
            question=case.question,
            expected=build_expected(case),
            side=side,
            round=round_,
            repeat=repeat,
        )
        for case in cases
        for repeat in range(1, repeats + 1)
        for side in sides
    )


def find_open_trial(profile: ModelProfile) -> CaseRun | None:
    """The trial that is not finished, whether or not anybody carries it out."""
    return profile.runs.filter(kind=CaseRun.Kind.TRIAL, state__in=UNDER_WAY).first()


def find_trial(profile: ModelProfile, content: Content) -> CaseRun | None:
    """The newest finished trial of exactly this, with the cases and our own words as they are."""
    return profile.runs.filter(
        kind=CaseRun.Kind.TRIAL,
        state=CaseRun.State.FINISHED,
        content_hash=build_hash(content),
        cases_hash=build_cases_hash(profile.cases.all()),
        prompt_version=PROMPT_VERSION,
        release=profile.live,
    ).first()


def find_gate(profile: ModelProfile, content: Content) -> Gate:
    tested = ModelRelease.Tested
    if not profile.cases.exists():
        return Gate(tested.NO_CASES)
    trial = find_trial(profile, content)
    if trial is None:
        return Gate(tested.UNTRIED)
    worse = sum(pair.got_worse for pair in build_pairs(trial))
    return Gate(tested.FAILING if worse else tested.TRIED, trial, worse)


def build_pairs(trial: CaseRun) -> list[Pair]:
    """The trial's cases in their order, each with both answers."""
    rows = list(trial.answers.order_by("case", "id"))
    live = {row.case: row for row in rows if row.side == Side.LIVE}
    return [Pair(row, live.get(row.case)) for row in rows if row.side == Side.TRIED]


def forget_old(profile: ModelProfile) -> None:
    """The answers of old trials go; that they were made stays."""
    old = profile.runs.filter(kind=CaseRun.Kind.TRIAL).order_by("-started_at")[KEPT:]
    CaseAnswer.objects.filter(run__in=[run.pk for run in old]).delete()
