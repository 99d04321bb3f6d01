"""An escalated exchange as the bridge needs it: the question, what was said, what is known."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile
from typing import Literal

from django.conf import settings
from django.utils import timezone

from chatbot.conversations.guarding import build_guard_policy
from chatbot.conversations.known import find_known
from chatbot.conversations.models import Event, Exchange, Kind, Sender, Site, Source
from chatbot.conversations.reasons import find_decision, get_evaluator
from chatbot.conversations.sealing import Seal, find_touched, get_seal
from chatbot.conversations.snapshots import count_agents_online
from chatbot.conversations.webhooks.lookups import build_lookups
from llm_bridge import gateway, knowledge
from llm_bridge.approved.finding import find_examples
from llm_bridge.guards.chain import prepare
from llm_bridge.releases.live import find_plan
from rules.decision import Decision, Reason
from rules.releases import Pauses, find_pauses

HISTORY = 12
ROLES: dict[str, Literal["visitor", "bot", "agent"]] = {
    Sender.VISITOR: "visitor",
    Sender.BOT: "bot",
    Sender.SYSTEM: "bot",
    Sender.AGENT: "agent",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One pending exchange with all that answering it needs."""

    exchange: Exchange
    query: gateway.Query
    roster: gateway.Roster | None
    is_staffed: bool
    pauses: Pauses
    # The model asked back just before, and this message filled no slot.
    is_stuck: bool = False
    sealed: str = ""  # the sealed intent that the question touches

    @property
    def site(self) -> Site:
        return self.exchange.conversation.site

    @property
    def last_said(self) -> str | None:
        """What the visitor was told last, before this question."""
        said = (each.text for each in reversed(self.query.history) if each.role != "visitor")
        return next(said, None)


def read_case(exchange: Exchange) -> Case:
    site = exchange.conversation.site
    decision, seal = find_decision(exchange), get_seal(exchange)
    query = _read_query(exchange, decision, seal)
    if site.model_enabled and not site.approved_only:
        prepare(sources=query.sources, language=query.language)
    return Case(
        exchange=exchange,
        query=query,
        roster=build_roster(site) if site.model_enabled else None,
        is_staffed=count_agents_online(now=timezone.now()) > 0,
        pauses=find_pauses(rulebook_id=site.rulebook_id),
        is_stuck=_is_stuck(exchange, decision),
        sealed=_find_sealed(exchange, query, decision, seal),
    )


def _read_query(exchange: Exchange, decision: Decision | None, seal: Seal | None) -> gateway.Query:
    """What a model would be asked, and what its answer has to pass."""
    conversation, site = exchange.conversation, exchange.conversation.site
    messages = Event.objects.filter(
        conversation=conversation, kind=Kind.MESSAGE, seq__lte=exchange.question_seq
    )
    question, *earlier = messages.order_by("-seq")[: HISTORY + 1]
    language = conversation.language or site.language
    return gateway.Query(
        question=question.text,
        history=tuple(
            gateway.Utterance(
                role=ROLES[event.sender], text=event.text, is_approved=_is_approved(event)
            )
            for event in reversed(earlier)
        ),
        sources=_find_sources(site, question.text, language),
        language=language,
        site_name=site.name,
        instruction=_find_instruction(exchange, decision),
        reference=exchange.pk,
        unanswered=_count_unanswered(exchange),
        quoted=tuple(gateway.Quotation(**quote) for quote in question.extra.get("quotes", ())),
        lookups=_build_lookups(exchange, decision),
        conversation=conversation.pk,
        known=find_known(conversation, decision.slots if decision else {}),
        guards=build_guard_policy(site),
        seal=seal.find if seal is not None else None,
    )


def _find_sources(site: Site, question: str, language: str) -> tuple[gateway.Source, ...]:
    """The articles that are about it, then how people answered such questions."""
    base_id, now = site.knowledge_id, timezone.now()
    articles = knowledge.find_sources(
        base_id=base_id, question=question, language=language, now=now
    )
    return articles + find_examples(base_id=base_id, question=question, language=language, now=now)


def _is_approved(event: Event) -> bool:
    """Said by a rule, an article or a person: what a model said once proves nothing."""
    return event.sender != Sender.VISITOR and event.source not in {Source.LLM, Source.CACHE}


def _find_sealed(
    exchange: Exchange, query: gateway.Query, decision: Decision | None, seal: Seal | None
) -> str:
    if seal is None:
        return ""
    quoted = [each.text for each in query.quoted if each.role == "user"]
    touched = find_touched(
        seal,
        question=query.question,
        before=[*quoted, *(each.text for each in query.history if each.role == "visitor")],
        decision=decision,
        is_reply=_find_last_action(exchange) == gateway.Action.CLARIFY,
    )
    return touched or ""


def _count_unanswered(exchange: Exchange) -> int:
    """How many questions in a row just before got no answer: a question back, or a person."""
    before = Exchange.objects.filter(
        conversation=exchange.conversation_id, question_seq__lt=exchange.question_seq
    ).order_by("-question_seq")[:HISTORY]
    said = before.values_list("source", "action")
    return sum(1 for _ in takewhile(_is_no_answer, said))


def _is_no_answer(said: tuple[str, str]) -> bool:
    source, action = said
    return source == Source.FALLBACK or action == gateway.Action.CLARIFY


def _find_instruction(exchange: Exchange, decision: Decision | None) -> str | None:
    """What the escalating rule tells the model, if a rule escalated."""
    is_escalated = exchange.reason == Reason.ESCALATED
    return decision.instruction if decision and is_escalated else None


def _build_lookups(exchange: Exchange, decision: Decision | None) -> tuple[gateway.Lookup, ...]:
    if decision is None:
        return ()
    rulebook = get_evaluator(exchange).rulebook
    return build_lookups(rulebook=rulebook, exchange=exchange, slots=decision.slots)


def _is_stuck(exchange: Exchange, decision: Decision | None) -> bool:
    """Whether the model asked back just before, and the visitor's answer told it nothing."""
    before = _find_last_action(exchange)
    if before != gateway.Action.CLARIFY or decision is None:
        return before == gateway.Action.CLARIFY
    return all(
        exchange.facts.get(f"slot.{name}") == value for name, value in decision.slots.items()
    )


def _find_last_action(exchange: Exchange) -> str | None:
    """What the model wanted in the exchange just before."""
    return (
        Exchange.objects.filter(
            conversation=exchange.conversation_id, question_seq__lt=exchange.question_seq
        )
        .order_by("-question_seq")
        .values_list("action", flat=True)
        .first()
    )


def build_roster(site: Site) -> gateway.Roster | None:
    """The environment's models by the site's live release, else in their own order; None
    without one."""
    providers = find_providers()
    plan = find_plan(
        profile_id=site.model_profile_id,
        providers=providers,
        default=settings.ENVIRONMENT.llm_providers.plan,
    )
    return gateway.build_roster(providers, plan=plan)


def find_providers() -> tuple[gateway.ProviderConfig, ...]:
    """The providers that the environment configures, in the order of asking."""
    environment = settings.ENVIRONMENT
    config = gateway.build_config(
        base_url=environment.llm_base_url,
        api_key=environment.llm_api_key,
        model=environment.llm_model,
    )
    return (*filter(None, [config]), *environment.llm_providers.providers)
