"""How models are asked, as a draft to edit: nothing reaches a visitor before it is published."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from llm_bridge.plan import Plan, PlanError, parse_plan, to_json
from llm_bridge.prompts import build_messages
from llm_bridge.releases.console.forms import DraftForm
from llm_bridge.releases.console.profiles import build_page, get_profile, read_draft, read_live
from llm_bridge.releases.contents import build_hash
from llm_bridge.releases.differences import Change, build_changes
from llm_bridge.releases.drafts import Stale, save_draft
from llm_bridge.releases.stages import find_stage, get_configured
from llm_bridge.releases.tables import ModelProfile
from llm_bridge.values import Query


@require_GET
def show_setup(request: HttpRequest) -> HttpResponse:
    profile = get_profile(request)
    providers = get_configured().providers
    try:
        plan = parse_plan(read_draft(profile))
    except PlanError:  # an earlier version's, or no provider at all: begin anew
        plan = Plan(release=None, choices=())
    return _render(request, profile, DraftForm(providers=providers, plan=plan))


def _render(
    request: HttpRequest,
    profile: ModelProfile,
    form: DraftForm,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    page = build_page(
        request,
        "Model",
        profile,
        form=form,
        version=profile.version,
        is_changed=build_hash(read_draft(profile)) != build_hash(read_live(profile)),
        preview=build_system_message(profile, str(form.plan["prompt"].value() or "")),
    )
    return render(request, "models/setup.html", {**page, **more}, status=status)


@require_POST
def send_draft(request: HttpRequest) -> HttpResponse:
    profile = get_profile(request)
    form = DraftForm(providers=get_configured().providers, data=request.POST)
    version = request.POST.get("version", "")
    seen = {"version": int(version) if version.isdecimal() else 0}
    if not form.is_valid():
        told = "Not saved: correct what is marked."
        return _render(request, profile, form, status=422, refused=told, **seen)
    plan = form.build_plan()
    content = json.loads(json.dumps(to_json(plan)))
    try:
        save_draft(
            profile=profile,
            content=content,
            version=seen["version"],
            author=request.user,
            now=timezone.now(),
        )
    except PlanError as error:
        return _render(request, profile, form, status=422, refused=str(error), **seen)
    except Stale as stale:
        theirs = _compare(read_draft(stale.profile), content)
        more = {"refused": str(stale), "theirs": theirs}
        return _render(request, stale.profile, form, status=409, **more)
    messages.success(request, "Saved. Visitors notice nothing until you publish it.")
    return redirect("models:setup")


def _compare(theirs: Any, mine: Any) -> tuple[Change, ...]:
    try:
        return build_changes(theirs, mine)
    except PlanError:
        return ()


def build_system_message(profile: ModelProfile, prompt: str) -> str:
    """What the model reads before everything else, word for word."""
    stage = find_stage(profile)
    query = Query(
        question="",
        history=(),
        sources=(),
        language="en",
        site_name=stage.site_name if stage else "…",
        instruction=None,
        reference=UUID(int=0),
    )
    return build_messages(query, company_prompt=prompt)[0].content


@require_POST
def show_preview(request: HttpRequest) -> HttpResponse:
    """The whole system message with the words just typed."""
    text = build_system_message(get_profile(request), request.POST.get("prompt", "")[:20_000])
    return HttpResponse(text, content_type="text/plain; charset=utf-8")
