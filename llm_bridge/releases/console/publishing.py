"""From the draft to the live release, all that ever were live, and the way back."""

from __future__ import annotations

import json
from difflib import unified_diff
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from llm_bridge.money.amounts import build_dollars
from llm_bridge.plan import PlanError, parse_plan
from llm_bridge.releases.console.profiles import (
    build_page,
    get_profile,
    read_draft,
    read_live,
)
from llm_bridge.releases.console.trials import build_offer
from llm_bridge.releases.contents import Content, build_hash
from llm_bridge.releases.differences import Change, build_changes
from llm_bridge.releases.publishing import Overtaken, PublishRefused, publish, rollback, withdraw
from llm_bridge.releases.stages import get_configured
from llm_bridge.releases.tables import ModelProfile, ModelRelease
from llm_bridge.releases.trials import find_gate, find_open_trial
from llm_bridge.roster import check_plan

MOST_MESSAGE = 500  # characters
LISTED = 100
LATEST = 12  # times something went live


@require_GET
def show_changes(request: HttpRequest) -> HttpResponse:
    return _render(request, get_profile(request))


def _render(
    request: HttpRequest, profile: ModelProfile, *, status: int = 200, **more: Any
) -> HttpResponse:
    draft, live = read_draft(profile), read_live(profile)
    newest = profile.releases.order_by("-number").first()
    page = build_page(
        request,
        "Try and publish",
        profile,
        is_changed=profile.live is None or build_hash(draft) != profile.live.content_hash,
        changes=_find_changes(live, draft),
        diff=build_diff_lines(live, draft),
        problem=_find_problem(draft),
        gate=find_gate(profile, draft),
        offer=build_offer(profile, draft),
        open_trial=find_open_trial(profile),
        case_count=profile.cases.count(),
        next_number=newest.number + 1 if newest else 1,
    )
    return render(request, "models/changes.html", {**page, **more}, status=status)


def _find_changes(live: Content, draft: Content) -> tuple[Change, ...]:
    try:
        return build_changes(live, draft)
    except PlanError:
        return ()


def _find_problem(draft: Content) -> str:
    """Why this draft cannot be asked."""
    try:
        check_plan(parse_plan(draft), get_configured().providers)
    except PlanError as error:
        return str(error)
    return ""


def build_diff_lines(old: Content, new: Content) -> list[dict[str, str]]:
    """The two as lines of JSON, with a few around each difference."""
    before, after = (
        json.dumps(each, indent=2, ensure_ascii=False, sort_keys=True).splitlines()
        for each in (old, new)
    )
    kinds = {"+": "add", "-": "remove"}
    return [
        {"text": "…", "kind": "place"}
        if line[:1] == "@"
        else {"text": line, "kind": kinds.get(line[:1], "")}
        for line in list(unified_diff(before, after, lineterm=""))[2:]
    ]


@require_POST
def send_publish(request: HttpRequest) -> HttpResponse:
    """Publishes the draft that the sender looked at; any other is refused and shown anew."""
    profile = get_profile(request)
    message = request.POST.get("message", "").strip()[:MOST_MESSAGE]
    if not message:
        return _render(request, profile, status=422, is_message_missing=True)
    live_id = request.POST.get("live", "")
    version = request.POST.get("version", "")
    try:
        release = publish(
            profile=profile,
            author=request.user,
            message=message,
            version=int(version) if version.isdecimal() else -1,
            live_id=int(live_id) if live_id.isdecimal() else None,
            now=timezone.now(),
            accept_untried="accept_untried" in request.POST,
        )
    except PublishRefused as refused:
        status = 409 if isinstance(refused, Overtaken) else 422
        return _render(
            request, get_profile(request), status=status, refused=str(refused), message=message
        )
    return redirect(f"{reverse('models:releases')}?published={release.number}")


@require_GET
def show_releases(request: HttpRequest) -> HttpResponse:
    profile = get_profile(request)
    times = list(profile.activations.select_related("release", "author")[:LATEST])
    earlier = next(
        (each.release for each in times if each.release and each.release_id != profile.live_id),
        None,
    )
    page = build_page(
        request,
        "Model releases",
        profile,
        releases=profile.releases.select_related("author")[:LISTED],
        times=times,
        earlier=earlier,
        back_label=f"Back to release {earlier.number}" if earlier else "",
        published=request.GET.get("published", ""),
        is_changed=build_hash(read_draft(profile)) != build_hash(read_live(profile)),
    )
    return render(request, "models/releases.html", page)


@require_GET
def show_release(request: HttpRequest, release_id: int) -> HttpResponse:
    rows = ModelRelease.objects.select_related("profile", "profile__live", "author", "trial")
    release = get_object_or_404(rows, pk=release_id)
    profile = release.profile
    page = build_page(
        request,
        str(release),
        profile,
        release=release,
        is_live=profile.live_id == release.pk,
        changes=_find_changes(read_live(profile), release.content),
        content=json.dumps(release.content, indent=2, ensure_ascii=False, sort_keys=True),
        trial_cost=build_dollars(sum(release.trial.answers.values_list("cost", flat=True)))
        if release.trial
        else "",
    )
    return render(request, "models/release.html", page)


@require_POST
def make_live(request: HttpRequest, release_id: int) -> HttpResponse:
    release = get_object_or_404(ModelRelease.objects.select_related("profile"), pk=release_id)
    rollback(
        profile=release.profile, number=release.number, author=request.user, now=timezone.now()
    )
    messages.success(request, f"{release} is live again. The draft stays as it is.")
    return redirect(f"{reverse('models:releases')}?profile={release.profile_id}")


@require_POST
def send_withdrawal(request: HttpRequest) -> HttpResponse:
    profile = get_profile(request)
    withdraw(profile=profile, author=request.user, now=timezone.now())
    messages.success(request, "The server's own order is asked again. The draft stays as it is.")
    return redirect("models:releases")
