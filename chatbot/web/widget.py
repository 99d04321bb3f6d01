"""The widget's two addresses: the embed script, and the page in its frame."""

from __future__ import annotations

from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from chatbot.conversations.outcome import PERSON_REQUEST
from chatbot.conversations.sites import find_notice, find_site
from chatbot.web.origins import find_own_origins
from chatbot.web.problems import build_problem


@require_safe
@cache_control(public=True, max_age=300)
def show_loader(_request: HttpRequest) -> HttpResponse:
    """Any page may load it: what it may then do is decided by its site's origins."""
    path = finders.find("widget/loader.js")
    if not isinstance(path, str):
        return build_problem(404, "The widget is not installed.")
    script = Path(path).read_bytes()
    response = HttpResponse(script, content_type="text/javascript; charset=utf-8")
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@require_safe
@xframe_options_exempt
def show_frame(request: HttpRequest) -> HttpResponse:
    """The chat itself; `frame-ancestors` names the only pages that may frame it."""
    site = find_site(request.GET.get("site"))
    if site is None:
        return build_problem(404, "No site has this key.")
    response = render(
        request,
        "widget/frame.html",
        {
            "site_name": site.name,
            "bot_name": site.bot_name,
            "greeting": site.greeting,
            "notice": find_notice(site=site, now=timezone.now()),
            "language": site.language,
            "visitor_config": {
                "site_key": site.key,
                "bot_name": site.bot_name,
                "starters": site.starters,
                "person_request": PERSON_REQUEST,
                "socket_path": "/ws/chat/",
                "api_base": "/api/v1",
            },
        },
    )
    ancestors = sorted({*find_own_origins(request.get_host()), *site.origins})
    response._csp_replace = {"frame-ancestors": ancestors}  # type: ignore[attr-defined]  # django-csp's way
    return response
