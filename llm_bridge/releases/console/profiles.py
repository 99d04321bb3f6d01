"""Which profile a page is about, and what every such page shows."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import F
from django.http import Http404, HttpRequest

from llm_bridge.plan import PlanError, parse_plan
from llm_bridge.releases.contents import Content, build_draft, build_live_content, fit_plan
from llm_bridge.releases.differences import describe_choice
from llm_bridge.releases.stages import find_site_names, get_configured
from llm_bridge.releases.tables import ModelProfile

_KEY = "profile"  # in the address, and in the session for the pages that follow


def get_profile(request: HttpRequest) -> ModelProfile:
    """The one named in the address, else the one looked at last, else the first; Http404."""
    rows = ModelProfile.objects.select_related("live", "live__author", "edited_by")
    rows = rows.order_by(F("live").asc(nulls_last=True), "pk")
    named = request.GET.get(_KEY) or request.POST.get(_KEY)
    if named:
        profile = rows.filter(pk=int(named) if named.isdecimal() else 0).first()
    else:
        profile = rows.filter(pk=request.session.get(f"model_{_KEY}", 0)).first() or rows.first()
    if profile is None:
        raise Http404("There is no such model profile.")
    request.session[f"model_{_KEY}"] = profile.pk
    return profile


def build_page(
    request: HttpRequest, title: str, profile: ModelProfile, **context: Any
) -> dict[str, Any]:
    """A page's context; `profiles` is empty where there is nothing to choose."""
    profiles = list(ModelProfile.objects.order_by("name"))
    return {
        **admin.site.each_context(request),
        "title": title,
        "profile": profile,
        "profiles": profiles if len(profiles) > 1 else [],
        "sites": find_site_names(profile),
        "has_providers": bool(get_configured().providers),
        "trouble": find_trouble(profile),
        **context,
    }


def read_draft(profile: ModelProfile) -> Content:
    configured = get_configured()
    return build_draft(profile, providers=configured.providers, default=configured.default)


def read_live(profile: ModelProfile) -> Content:
    configured = get_configured()
    return build_live_content(profile, providers=configured.providers, default=configured.default)


def find_trouble(profile: ModelProfile) -> str:
    """Why visitors are not asked exactly as the live release says, in one sentence or two."""
    if profile.live is None:
        return ""
    configured = get_configured()
    if not configured.providers:
        return "No provider is configured on this server, so no model is asked."
    try:
        plan = parse_plan(profile.live.content)
    except PlanError as error:
        told = f"The live release makes no sense to this version: {error}"
        return f"{told} The server's own order is asked instead."
    fitted = fit_plan(plan, providers=configured.providers, default=configured.default)
    if not fitted.missing:
        return ""
    names = ", ".join(map(describe_choice, fitted.missing))
    instead = (
        "The server's own order is asked instead, with this release's words."
        if fitted.is_replaced
        else "The others are asked instead."
    )
    return f"The live release names what is not configured any more: {names}. {instead}"
