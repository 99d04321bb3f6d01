"""The canary in the console: its schedule, its alarms, and what its runs measured."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from llm_bridge.money.amounts import MICROS
from llm_bridge.releases import dispatch, measures
from llm_bridge.releases.canary import (
    MOST_REPEATS,
    clear_alarm,
    find_alarms,
    is_on,
    set_schedule,
)
from llm_bridge.releases.console.profiles import build_page, get_profile
from llm_bridge.releases.tables import CanaryAlarm, CaseRun, ModelProfile

LISTED = 30
MOST_HOURS = 24 * 31


class ScheduleForm(forms.Form):
    """Off without hours or without money."""

    hours = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=MOST_HOURS,
        label="Every so many hours",
        help_text="24 is once a day. Empty: never.",
    )
    repeats = forms.IntegerField(
        min_value=2,
        max_value=MOST_REPEATS,
        label="How often each case is asked",
        help_text="Three show whether answers vary.",
    )
    budget = forms.DecimalField(
        required=False,
        min_value=0,
        max_value=1000,
        decimal_places=4,
        label="At most, in dollars a day",
        help_text="Empty: no canary. It counts towards the site's own budget too.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for bound in self:
            parts = [f"{bound.auto_id}-help"]
            if self.is_bound and bound.errors:
                parts.append(f"{bound.auto_id}-error")
                bound.field.widget.attrs["aria-invalid"] = "true"
            bound.field.widget.attrs["aria-describedby"] = " ".join(parts)


@require_GET
def show_canary(request: HttpRequest) -> HttpResponse:
    profile = get_profile(request)
    return _render(request, profile, ScheduleForm(initial=_build_initial(profile)))


def _build_initial(profile: ModelProfile) -> dict[str, Any]:
    budget = profile.canary_budget
    return {
        "hours": profile.canary_hours,
        "repeats": profile.canary_repeats,
        "budget": None if budget is None else f"{budget / MICROS:g}",
    }


def _render(
    request: HttpRequest, profile: ModelProfile, form: ScheduleForm, status: int = 200
) -> HttpResponse:
    runs = profile.runs.filter(kind=CaseRun.Kind.CANARY).select_related("release")
    page = build_page(
        request,
        "Canary",
        profile,
        form=form,
        is_on=is_on(profile),
        alarms=find_alarms(profile),
        cleared=profile.alarms.exclude(cleared_at=None).select_related("cleared_by")[:10],
        runs=runs[:LISTED],
        canaries=profile.cases.filter(is_canary=True).count(),
        limits={
            "drop": measures.PASS_DROP,
            "overlap": measures.OVERLAP_DROP,
            "length": measures.LENGTH_RATIO,
        },
    )
    return render(request, "models/canary.html", page, status=status)


@require_POST
def send_schedule(request: HttpRequest) -> HttpResponse:
    profile = get_profile(request)
    form = ScheduleForm(request.POST)
    if not form.is_valid():
        return _render(request, profile, form, status=422)
    budget = form.cleaned_data["budget"]
    set_schedule(
        profile=profile,
        hours=form.cleaned_data["hours"],
        repeats=form.cleaned_data["repeats"],
        budget=None if budget is None else round(budget * MICROS),
        now=timezone.now(),
    )
    if is_on(profile):
        dispatch.watch()
        messages.success(request, "The canary is on: its first run begins now.")
    else:
        messages.success(request, "The canary is off.")
    return redirect("models:canary")


@require_POST
def send_clearing(request: HttpRequest, alarm_id: int) -> HttpResponse:
    alarm = get_object_or_404(CanaryAlarm, pk=alarm_id)
    is_normal = request.POST.get("how") == "normal"
    clear_alarm(
        alarm=alarm,
        author=request.user,
        note=request.POST.get("note", "").strip(),
        is_normal=is_normal,
        now=timezone.now(),
    )
    what = (
        "Later runs are compared with this one."
        if is_normal
        else "It is raised again if it stays so."
    )
    messages.success(request, f"Cleared. {what}")
    return redirect("models:canary")
