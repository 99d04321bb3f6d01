"""Trials in the console: what one would cost, how far it is, and both answers side by side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from llm_bridge.answers.dialogue import Dialogue
from llm_bridge.money.amounts import CENT, MICROS, build_dollars
from llm_bridge.money.price_lists import read_lists
from llm_bridge.money.prices import find_price
from llm_bridge.money.purchases import count_most_tokens
from llm_bridge.plan import Plan, PlanError, parse_plan
from llm_bridge.releases import dispatch
from llm_bridge.releases.console.profiles import (
    build_page,
    get_profile,
    read_live,
)
from llm_bridge.releases.contents import Content, build_hash, fit_plan
from llm_bridge.releases.runs import UNDER_WAY, is_interrupted, stop
from llm_bridge.releases.stages import Stage, find_stage, get_configured
from llm_bridge.releases.tables import CaseAnswer, CaseRun, ModelCase, ModelProfile
from llm_bridge.releases.trials import CannotTry, Pair, build_pairs, start_trial
from llm_bridge.roster import build_roster
from llm_bridge.values import Query

MOST_LIMIT = 1_000.0  # dollars
SOURCES_TOKENS = 6_000  # at most, of the articles that a question finds
WHY = {
    "time": "It took too long: what was left is not asked any more.",
    "money": "What it may cost was used up, or the site's budget was.",
    "person": "Somebody stopped it.",
    "nobody": "No site uses this profile, or no provider is configured any more.",
}


@dataclass(frozen=True, slots=True)
class Offer:
    """What a trial of the draft would ask, before it is asked."""

    cases: int
    calls: int
    most: int  # micro-dollars, if every answer were as long as it may be

    @property
    def cost(self) -> str:
        return build_dollars(self.most)

    @property
    def limit(self) -> str:
        """A limit to begin with: what it can cost, in whole cents and one at least."""
        return f"{max(ceil(self.most / CENT), 1) / 100:.2f}"


def build_offer(profile: ModelProfile, draft: Content) -> Offer | None:
    """None where there is nothing to try or nobody to ask."""
    stage, cases = find_stage(profile), list(profile.cases.all())
    if stage is None or not cases or not get_configured().providers:
        return None
    contents = [draft]
    if build_hash(live := read_live(profile)) != build_hash(draft):
        contents.append(live)
    try:
        plans = [_fit(content) for content in contents]
    except PlanError:
        return None
    most = sum(_estimate(plan, case, stage) for plan in plans for case in cases)
    return Offer(cases=len(cases), calls=len(cases) * len(plans), most=most)


def _fit(content: Content) -> Plan:
    configured = get_configured()
    plan = parse_plan(content)
    return fit_plan(plan, providers=configured.providers, default=configured.default).plan


def _estimate(plan: Plan, case: ModelCase, stage: Stage) -> int:
    """What the first model could take at most: as much as is reserved before it is asked."""
    query = Query(
        question=case.question,
        history=(),
        sources=(),
        language=stage.language,
        site_name=stage.site_name,
        instruction=None,
        reference=UUID(int=0),
    )
    roster = build_roster(get_configured().providers, plan=plan)
    targets = roster.get_targets(query) if roster else ()
    if not targets:
        return 0
    config = targets[0].config
    price = find_price(
        provider=config.kind.name,
        host=config.host,
        model=targets[0].model,
        day=datetime.now(UTC).date(),
        lists=read_lists(),
    )
    prompt = count_most_tokens(Dialogue(query, plan).build_request())
    return price.build_cost(
        prompt=prompt + SOURCES_TOKENS, cached=0, completion=plan.parameters.max_tokens
    )


@require_POST
def send_trial(request: HttpRequest) -> HttpResponse:
    profile = get_profile(request)
    try:
        limit = _parse_limit(request.POST.get("limit", ""))
        run = start_trial(profile=profile, limit=limit, author=request.user, now=timezone.now())
    except (CannotTry, PlanError) as error:
        messages.error(request, str(error))
        return redirect("models:changes")
    dispatch.start(run.pk)
    return redirect("models:trial", run_id=run.pk)


def _parse_limit(text: str) -> int:
    try:
        dollars = float(text.replace(",", "."))
    except ValueError as error:
        raise CannotTry("Write what the trial may cost in dollars, such as 0.50.") from error
    if not 0 < dollars <= MOST_LIMIT:
        raise CannotTry(f"A trial may cost more than nothing and at most ${MOST_LIMIT:,.0f}.")
    return round(dollars * MICROS)


@require_GET
def show_trial(request: HttpRequest, run_id: UUID) -> HttpResponse:
    run = _get_run(run_id)
    page = build_page(request, "Trial", run.profile, **build_progress(run))
    return render(request, "models/trial.html", page)


@require_GET
def show_rows(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """What the page shows of it now; it asks again as long as the run is under way."""
    return render(request, "models/trial_rows.html", build_progress(_get_run(run_id)))


def build_progress(run: CaseRun) -> dict[str, Any]:
    pairs = build_pairs(run)
    state = CaseAnswer.State
    rows = list(run.answers.values_list("state", "cost"))
    done = sum(each != state.WAITING for each, _ in rows)
    worse = [pair for pair in pairs if pair.got_worse]
    return {
        "run": run,
        "pairs": sorted(pairs, key=_rank),
        "done": done,
        "total": len(rows),
        "cost": build_dollars(sum(cost for _, cost in rows)),
        "limit": build_dollars(run.limit or 0),
        "worse": len(worse),
        "passed": sum(pair.tried.state == state.PASSED for pair in pairs),
        "is_under_way": run.state in UNDER_WAY,
        "is_interrupted": is_interrupted(run, now=timezone.now()) and run.state != "waiting",
        "why": WHY.get(run.why, ""),
    }


def _rank(pair: Pair) -> tuple[bool, bool]:
    """What got worse first, then what fails, then the rest."""
    return not pair.got_worse, pair.tried.state == CaseAnswer.State.PASSED


@require_POST
def send_stop(request: HttpRequest, run_id: UUID) -> HttpResponse:
    stop(run=_get_run(run_id), now=timezone.now())
    return redirect("models:trial", run_id=run_id)


@require_POST
def send_resume(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Goes on with what is still waiting; harmless where somebody does already."""
    run = _get_run(run_id)
    if run.state in UNDER_WAY:
        dispatch.start(run.pk)
    return redirect("models:trial", run_id=run_id)


def _get_run(run_id: UUID) -> CaseRun:
    rows = CaseRun.objects.select_related("profile", "profile__live", "release", "started_by")
    return get_object_or_404(rows, pk=run_id, kind=CaseRun.Kind.TRIAL)
