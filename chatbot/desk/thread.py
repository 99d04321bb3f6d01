"""One conversation at the desk: read it as it goes on, claim, reply, hand back, close."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from chatbot.conversations import handover, log
from chatbot.conversations.delivery import AGENT_TYPING, VISITOR_TYPING, Subscription, get_hub
from chatbot.conversations.events import LoggedEvent
from chatbot.conversations.models import Conversation, Status
from chatbot.conversations.threads import in_thread
from chatbot.desk.gate import get_user, wants_json
from chatbot.desk.transcript import Line, build_lines, build_reason, read_exchanges
from chatbot.desk.waiting import build_name, find_visitor

SHOWN = 400  # events of a long conversation, the latest; its record has them all
MAX_WAIT = 25.0  # seconds
VERBS: dict[str, tuple[Callable[..., list[LoggedEvent]], str]] = {
    "claim": (handover.claim, "You have this conversation now."),
    "hand-back": (handover.hand_back, "The bot has this conversation again."),
    "close": (handover.close, "The conversation is closed."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """A conversation as one member of staff sees it."""

    conversation: Conversation
    owner: str
    visitor: str
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
        return f"{self.conversation.status}:{self.conversation.agent_id or ''}"

    @property
    def badge(self) -> str:
        if self.conversation.status == Status.AGENT:
            return "With you" if self.is_mine else f"With {self.owner or 'a colleague'}"
        return self.conversation.get_status_display().capitalize()

    @property
    def sentence(self) -> str:
        """Who may do what now."""
        match self.conversation.status:
            case Status.QUEUED:
                return "Claim it, or just write: your first reply claims it."
            case Status.AGENT if self.is_mine:
                return "You have it. The bot says nothing until you hand it back."
            case Status.AGENT:
                return f"{self.owner or 'A colleague'} has it, so only they can write here."
            case Status.BOT:
                return "The bot answers. Claiming or writing takes it over."
        return "It has ended for both sides; nobody can write here any more."


@require_GET
def show_thread(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    return _render_thread(request, conversation_id)


async def show_news(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    """Lines after number `after`, and the head if it is no longer `key`; with `wait` seconds to
    hold the call until there is something to tell."""
    seconds = _parse_wait(request.GET.get("wait", ""))
    is_typing = False
    async with get_hub().subscribe(conversation_id) as subscription:
        news = await _find_news(request, conversation_id)
        if news is None and seconds:
            is_typing = await _wait_for_news(subscription, seconds)
            news = await _find_news(request, conversation_id)
    return JsonResponse({**(news or {}), "is_typing": is_typing})


@require_POST
def send_reply(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    """One reply for one token, however often it is posted."""
    get_object_or_404(Conversation, pk=conversation_id)
    text = request.POST.get("text", "")
    try:
        token = UUID(request.POST.get("token", ""))
        handover.reply(
            conversation_id=conversation_id, user=get_user(request), text=text, token=token
        )
    except ValueError:
        return _refuse_reply(request, conversation_id, "Reload the page, then send again.", text)
    except handover.Refused as refusal:
        return _refuse_reply(request, conversation_id, str(refusal), text)
    if wants_json(request):
        return JsonResponse({"token": str(uuid4())})
    return redirect("desk:thread", conversation_id)


@require_POST
def change_owner(request: HttpRequest, conversation_id: UUID, verb: str) -> HttpResponse:
    """Claim, hand back or close."""
    get_object_or_404(Conversation, pk=conversation_id)
    act, success = VERBS[verb]
    try:
        act(conversation_id=conversation_id, user=get_user(request))
    except handover.Refused as refusal:
        if wants_json(request):
            return JsonResponse({"error": str(refusal)}, status=409)
        messages.error(request, str(refusal))
        return redirect("desk:thread", conversation_id)
    if verb == "claim" and wants_json(request):
        return JsonResponse({"said": success})
    messages.success(request, success)
    if verb == "claim":
        return redirect("desk:thread", conversation_id)
    # Nothing is left to do here: on to the next one.
    target = reverse("desk:inbox")
    return JsonResponse({"next": target}) if wants_json(request) else redirect(target)


async def tell_typing(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    """Shows the visitor for a moment that their agent writes; nothing is stored."""
    if request.method != "POST":
        return HttpResponse(status=405, headers={"Allow": "POST"})
    if await _owns(request, conversation_id):
        get_hub().push(conversation_id, [AGENT_TYPING])
    return HttpResponse(status=204)


async def _wait_for_news(subscription: Subscription, seconds: float) -> bool:
    """Returns when the log may have grown or the time is over; True when the visitor types."""
    try:
        async with asyncio.timeout(seconds):
            while True:
                frames = await subscription.take()
                if any(frame["type"] in {"event", "resume"} for frame in frames):
                    return False
                if VISITOR_TYPING in frames:
                    return True
    except TimeoutError:
        return False


def _read_news(request: HttpRequest, conversation_id: UUID) -> dict[str, Any] | None:
    """What the page does not show yet; None if it shows everything."""
    thread = _get_thread(request, conversation_id)
    after = request.GET.get("after", "")
    lines = _read_lines(thread.conversation, int(after[:9]) if after.isdecimal() else 0)
    is_changed = thread.key != request.GET.get("key", "")
    if not lines and not is_changed:
        return None
    news: dict[str, Any] = {}
    if lines:
        news["lines"] = render_to_string("desk/lines.html", {"lines": lines}, request)
        news["last_seq"] = lines[-1].seq
    if is_changed:
        news["key"] = thread.key
        news["head"] = render_to_string("desk/thread_head.html", {"thread": thread}, request)
        news["said"] = f"{thread.badge}. {thread.sentence}"
        news["sentence"] = thread.sentence
        news["can_write"], news["is_mine"] = thread.can_write, thread.is_mine
    return news


def _refuse_reply(
    request: HttpRequest, conversation_id: UUID, problem: str, text: str
) -> HttpResponse:
    """Says why, and keeps what was typed."""
    if wants_json(request):
        return JsonResponse({"error": problem}, status=409)
    messages.error(request, problem)
    return _render_thread(request, conversation_id, text=text, status=409)


def _render_thread(
    request: HttpRequest, conversation_id: UUID, *, text: str = "", status: int = 200
) -> HttpResponse:
    thread = _get_thread(request, conversation_id)
    lines = _read_lines(thread.conversation, 0)
    context = {
        "title": f"{thread.visitor or 'Visitor'} on {thread.conversation.site.name}",
        "thread": thread,
        "lines": lines,
        "last_seq": lines[-1].seq if lines else 0,
        "is_cut": thread.conversation.last_seq > SHOWN,
        "text": text,
        "token": uuid4(),
    }
    return render(request, "desk/thread.html", context, status=status)


def _read_lines(conversation: Conversation, after: int) -> list[Line]:
    events: list[LoggedEvent] = []
    after = max(after, conversation.last_seq - SHOWN)
    while page := log.read_events(conversation_id=conversation.pk, after=after):
        events += page
        after = page[-1].seq
    return build_lines(events, read_exchanges(events))


def _get_thread(request: HttpRequest, conversation_id: UUID) -> Thread:
    rows = Conversation.objects.select_related("site", "agent")
    conversation = get_object_or_404(rows, pk=conversation_id)
    is_with_agent = conversation.status == Status.AGENT
    return Thread(
        conversation=conversation,
        owner=build_name(conversation.agent),
        visitor=find_visitor(conversation.verified),
        is_mine=is_with_agent and conversation.agent_id == get_user(request).pk,
        reason=build_reason(conversation.handoff_reason),
    )


def _is_owner(user: User, conversation_id: UUID) -> bool:
    mine = Conversation.objects.filter(pk=conversation_id, status=Status.AGENT, agent=user)
    return mine.exists()


def _parse_wait(text: str) -> float:
    """0 to 25 seconds; anything else is no wait at all."""
    return min(float(text), MAX_WAIT) if text.isdecimal() else 0.0


_find_news = in_thread(_read_news)
_owns = in_thread(lambda request, pk: _is_owner(get_user(request), pk))
