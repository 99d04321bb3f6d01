"""Who may enter the desk: people who may answer visitors; being here counts as being online."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from datetime import timedelta
from functools import wraps
from typing import Any

from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone

from chatbot.conversations import handover
from chatbot.conversations.models import Presence
from chatbot.conversations.threads import in_thread
from chatbot.desk.groups import AGENTS
from chatbot.desk.waiting import build_name

TAKE_OVER = "conversations.take_over"
PRESENCE_STEP = timedelta(seconds=30)
View = Callable[..., HttpResponse]
AsyncView = Callable[..., Coroutine[Any, Any, HttpResponse]]


def for_agents(view: Callable[..., Awaitable[HttpResponse]]) -> AsyncView:
    """The view for people who may take over; all others are told what to do instead."""

    @wraps(view)
    async def guarded(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        if refusal := await _enter(request):
            return refusal
        return await view(request, *args, **named)

    return guarded


def page_for_agents(view: View) -> AsyncView:
    """The same for an ordinary view: in a thread of its own, so that nobody waits for another."""
    return for_agents(in_thread(view))


def get_user(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def wants_json(request: HttpRequest) -> bool:
    """True for the desk's own scripts."""
    return request.headers.get("Accept") == "application/json"


def _find_refusal(request: HttpRequest) -> HttpResponse | None:
    if not request.user.is_authenticated:
        return _ask_to_sign_in(request)
    user = get_user(request)
    if not user.has_perm(TAKE_OVER):
        return _send_away(request, user)
    _note_presence(user)
    return None


def _ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    if wants_json(request):
        return JsonResponse({"error": "You are signed out."}, status=401)
    return redirect_to_login(request.get_full_path())


def _send_away(request: HttpRequest, user: User) -> HttpResponse:
    if wants_json(request):
        return JsonResponse({"error": "Your account may not answer visitors."}, status=403)
    context = {"title": "Not your desk", "name": build_name(user), "group": AGENTS}
    return render(request, "desk/no_access.html", context, status=403)


def _note_presence(user: User) -> None:
    """Written at most twice a minute: open pages ask all the time."""
    now = timezone.now()
    if not Presence.objects.filter(user=user, seen_at__gt=now - PRESENCE_STEP).exists():
        handover.note_presence(user=user, now=now)


_enter = in_thread(_find_refusal)
