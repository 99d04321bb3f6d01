"""The queue: conversations that need a person, and the page on which one answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from chatbot.conversations import handover, log
from chatbot.conversations.models import Conversation, Event, Presence, Status
from chatbot.desk.transcript import Line, build_lines, build_reason, read_exchanges
from chatbot.desk.waiting import build_name, build_summary, count_waiting, read_queue

PRESENCE_STEP = timedelta(seconds=30)
SHOWN = 400  # events of a long conversation, the latest; its record has them all
VERBS = {
    "claim": (handover.claim, "You have this conversation now."),
    "hand-back": (handover.hand_back, "The bot has this conversation again."),
    "close": (handover.close, "The conversation is closed."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """A conversation as the reply page shows it."""

    conversation: Conversation
    owner: str
    is_mine: bool
    reason: str

    @property
    def is_open(self) -> bool:
        return self.conversation.status != Status.CLOSED

    @property
    def can_write(self) -> bool:
        return self.is_open and (self.is_mine or self.conversation.status != Status.AGENT)

    @property
    def key(self) -> str:
        """Changes when the head of the page has to be drawn anew."""
        return f"{self.conversation.status}:{self.conversation.agent_id}"


@require_GET
def show_queue(request: HttpRequest) -> HttpResponse:
    _note_presence(request)
    return render(request, "desk/queue.html", _build_page(request, "Queue") | _read_rows())


@require_GET
def show_rows(request: HttpRequest) -> JsonResponse:
    """What the open queue page asks for every other second."""
    _note_presence(request)
    context = _read_rows()
    html = render_to_string("desk/queue_rows.html", context, request)
    return JsonResponse({"html": html, "summary": context["summary"], "waiting": count_waiting()})


@require_GET
def show_thread(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    return _render_thread(request, conversation_id)


@require_GET
def show_news(request: HttpRequest, conversation_id: UUID) -> JsonResponse:
    """Lines after number `after`, and the page's head for when it changed."""
    _note_presence(request)
    thread = _get_thread(request, conversation_id)
    after = request.GET.get("after", "0")
    lines = _read_lines(thread.conversation, int(after[:9]) if after.isdecimal() else 0)
    return JsonResponse(
        {
            "html": render_to_string("desk/lines.html", {"lines": lines}, request),
            "last_seq": lines[-1].seq if lines else None,
            "key": thread.key,
            "head": render_to_string("desk/thread_head.html", {"thread": thread}, request),
            "can_write": thread.can_write,
        }
    )


@require_POST
def send_reply(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    """One reply for one form token, however often it is posted."""
    get_object_or_404(Conversation, pk=conversation_id)
    text = request.POST.get("text", "")
    try:
        token = UUID(request.POST.get("token", ""))
        handover.reply(
            conversation_id=conversation_id, user=_get_user(request), text=text, token=token
        )
    except ValueError:
        return _refuse(request, conversation_id, "Reload the page, then send again.", text)
    except handover.Refused as refusal:
        return _refuse(request, conversation_id, str(refusal), text)
    if _wants_json(request):
        return JsonResponse({"token": str(uuid4())})
    return redirect("desk:thread", conversation_id)


@require_POST
def change_owner(request: HttpRequest, conversation_id: UUID, verb: str) -> HttpResponse:
    """Claim, hand back or close."""
    get_object_or_404(Conversation, pk=conversation_id)
    act, success = VERBS[verb]
    try:
        act(conversation_id=conversation_id, user=_get_user(request))
    except handover.Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("desk:thread", conversation_id)
    messages.success(request, success)
    if verb == "claim":
        return redirect("desk:thread", conversation_id)
    return redirect("desk:queue")


def _refuse(request: HttpRequest, conversation_id: UUID, problem: str, text: str) -> HttpResponse:
    """Says why, and keeps what was typed."""
    if _wants_json(request):
        return JsonResponse({"error": problem}, status=409)
    messages.error(request, problem)
    return _render_thread(request, conversation_id, text=text, status=409)


def _render_thread(
    request: HttpRequest, conversation_id: UUID, *, text: str = "", status: int = 200
) -> HttpResponse:
    _note_presence(request)
    thread = _get_thread(request, conversation_id)
    lines = _read_lines(thread.conversation, 0)
    context = _build_page(request, thread.conversation.site.name) | {
        "thread": thread,
        "lines": lines,
        "last_seq": lines[-1].seq if lines else 0,
        "is_cut": thread.conversation.last_seq > SHOWN,
        "text": text,
        "token": uuid4(),
        "max_reply": handover.MAX_REPLY,
    }
    return render(request, "desk/thread.html", context, status=status)


def _read_rows() -> dict[str, Any]:
    rows = read_queue(now=timezone.now())
    return {"rows": rows, "summary": build_summary(rows)}


def _read_lines(conversation: Conversation, after: int) -> list[Line]:
    events: list[Event] = []
    after = max(after, conversation.last_seq - SHOWN)
    while page := log.read_events(conversation_id=conversation.pk, after=after):
        events += page
        after = page[-1].seq
    return build_lines(events, read_exchanges(events))


def _get_thread(request: HttpRequest, conversation_id: UUID) -> Thread:
    rows = Conversation.objects.select_related("site", "agent")
    conversation = get_object_or_404(rows, pk=conversation_id)
    return Thread(
        conversation=conversation,
        owner=build_name(conversation.agent),
        is_mine=conversation.agent_id == _get_user(request).pk,
        reason=build_reason(conversation.handoff_reason),
    )


def _build_page(request: HttpRequest, title: str) -> dict[str, Any]:
    return {**admin.site.each_context(request), "title": title}


def _note_presence(request: HttpRequest) -> None:
    """Written at most twice a minute: pages ask every other second."""
    user, now = _get_user(request), timezone.now()
    if not Presence.objects.filter(user=user, seen_at__gt=now - PRESENCE_STEP).exists():
        handover.note_presence(user=user, now=now)


def _get_user(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept") == "application/json"
