"""Conversations and exchanges in the console: lists to find one, pages to read one."""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar
from uuid import UUID

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Model, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.paginator import InfinitePaginator

from chatbot.conversations import log
from chatbot.conversations.models import Conversation, Event, Exchange, Kind, Sender
from chatbot.desk.evidence import build_evidence
from chatbot.desk.transcript import build_lines, build_reason, read_exchanges
from chatbot.desk.waiting import build_name
from chatbot.desk.wording import SOURCES, find_words
from llm_bridge.models import ModelCall

SHOWN = 90  # characters of a question in a list
Row = TypeVar("Row", bound=Model)


class RecordAdmin(ModelAdmin):  # type: ignore[misc]  # django-unfold is untyped
    """Something that happened: read, never edited; found by its id, never counted in full."""

    list_fullwidth = True
    list_per_page = 50
    show_full_result_count = False
    paginator = InfinitePaginator
    search_fields = ("pk",)
    actions = None

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if search_term:
            queryset = self.find_matches(queryset, search_term.strip())
        return queryset, False

    def find_matches(self, queryset: QuerySet[Any], term: str) -> QuerySet[Any]:
        pk = find_uuid(term)
        return queryset.filter(pk=pk) if pk else queryset.none()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_or_refuse(self, request: HttpRequest, object_id: str, rows: QuerySet[Row]) -> Row:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return get_object_or_404(rows, pk=find_uuid(object_id))

    def build_page(self, request: HttpRequest, title: str) -> dict[str, Any]:
        request.current_app = self.admin_site.name
        return {**self.admin_site.each_context(request), "title": title, "opts": self.opts}


@admin.register(Conversation)
class ConversationAdmin(RecordAdmin):
    teaching: ClassVar = {
        "icon": "forum",
        "title": "No conversations yet",
        "text": "Put the chat on your page (Sites has the line to paste) and write something in "
        "it: the conversation appears here at once.",
    }
    list_display = ("question", "status_label", "site", "with_agent", "last_event_at")
    list_filter = ("status", "site")
    list_select_related = ("site", "agent")
    search_help_text = "The conversation's id"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Conversation]:
        first = Event.objects.filter(
            conversation=OuterRef("pk"), kind=Kind.MESSAGE, sender=Sender.VISITOR
        )
        rows: QuerySet[Conversation] = super().get_queryset(request)
        return rows.annotate(question=Subquery(first.order_by("seq").values("text")[:1]))

    @display(description="first message")
    def question(self, conversation: Conversation) -> str:
        return cut(getattr(conversation, "question", "") or "No message yet")

    @display(
        description="status",
        ordering="status",
        label={"bot": "info", "queued": "warning", "agent": "success"},
    )
    def status_label(self, conversation: Conversation) -> tuple[str, str]:
        return conversation.status, conversation.get_status_display()

    @display(description="person", empty_value="–")
    def with_agent(self, conversation: Conversation) -> str | None:
        return build_name(conversation.agent) or None

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        rows = Conversation.objects.select_related("site", "agent")
        conversation = self.get_or_refuse(request, object_id, rows)
        after = request.GET.get("after", "0")
        events = log.read_events(
            conversation_id=conversation.pk, after=int(after) if after.isdecimal() else 0
        )
        context = self.build_page(request, "Conversation") | {
            "conversation": conversation,
            "lines": build_lines(events, read_exchanges(events)),
            "next_after": events[-1].seq if len(events) == log.PAGE else None,
            "owner": build_name(conversation.agent),
            "reason": build_reason(conversation.handoff_reason),
        }
        return render(request, "desk/conversation.html", context)


@admin.register(Exchange)
class ExchangeAdmin(RecordAdmin):
    teaching: ClassVar = {
        "icon": "manage_search",
        "title": "No exchanges yet",
        "text": "Each question and its answer stand here, with why it was answered so: the rule "
        "and the words that matched, or the model and its sources.",
    }
    list_display = ("question", "source_label", "rule_name", "state_label", "site", "created_at")
    list_filter = ("source", "state", "handoff_reason", "conversation__site")
    list_select_related = ("conversation__site",)
    search_help_text = "The exchange's id or a rule's name"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Exchange]:
        asked = Event.objects.filter(
            conversation=OuterRef("conversation"), seq=OuterRef("question_seq")
        )
        rows: QuerySet[Exchange] = super().get_queryset(request)
        return rows.annotate(question=Subquery(asked.values("text")[:1]))

    def find_matches(self, queryset: QuerySet[Any], term: str) -> QuerySet[Any]:
        return (
            super().find_matches(queryset, term) if find_uuid(term) else queryset.filter(rule=term)
        )

    @display(description="question")
    def question(self, exchange: Exchange) -> str:
        return cut(getattr(exchange, "question", "") or "–")

    @display(
        description="answered by",
        ordering="source",
        label={"rule": "success", "llm": "info", "knowledge": "primary", "fallback": "warning"},
    )
    def source_label(self, exchange: Exchange) -> tuple[str, str]:
        return exchange.source, find_words(SOURCES, exchange.source) or "Nobody yet"

    @display(description="rule", ordering="rule", empty_value="–")
    def rule_name(self, exchange: Exchange) -> str | None:
        return exchange.rule or None

    @display(description="state", label={"pending": "warning", "discarded": "danger"})
    def state_label(self, exchange: Exchange) -> tuple[str, str]:
        return exchange.state, exchange.get_state_display()

    @display(description="site")
    def site(self, exchange: Exchange) -> str:
        return exchange.conversation.site.name

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        rows = Exchange.objects.select_related("conversation__site", "release", "model_call")
        exchange = self.get_or_refuse(request, object_id, rows)
        attempts = ModelCall.objects.filter(reference=exchange.pk).order_by("pk")
        context = self.build_page(request, "Exchange") | {
            "evidence": build_evidence(exchange),
            "attempts": attempts,
        }
        return render(request, "desk/exchange.html", context)


def find_uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def cut(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
