"""Answers given before: found before a model is asked, kept when one answered well."""

from __future__ import annotations

import logging

from django.db import DatabaseError
from django.utils import timezone

from chatbot.conversations.cases import Case
from chatbot.conversations.events import Draft
from chatbot.conversations.log import Answer
from chatbot.conversations.models import Sender, Source
from chatbot.conversations.state import parse_state
from chatbot.conversations.threads import in_patient_thread
from llm_bridge import cache, gateway, suggestions
from llm_bridge.lexicon import build_subject

logger = logging.getLogger(__name__)


def find_key(case: Case) -> str | None:
    """Under which the answer to this is stored; None where it is this visitor's alone.

    What webhooks answered is this visitor's; so is what goes on from an earlier message.
    """
    if not case.site.cache_enabled or case.roster is None or case.exchange.answers:
        return None
    return cache.build_key(
        query=case.query,
        roster=case.roster,
        payer=case.site.pk,
        slots=parse_state(case.exchange.conversation.state).slots,
    )


async def find_answer(case: Case) -> Answer | None:
    """What was answered to exactly this question before; it costs nothing."""
    key = await _find_key(case)
    stored = await _find(key=key, now=timezone.now()) if key else None
    if stored is None or _is_sealed(case, stored.text):
        return None
    draft = Draft(
        sender=Sender.BOT,
        text=stored.text,
        source=Source.CACHE,
        exchange_id=case.exchange.pk,
        sources=tuple(
            {"title": source["title"], "url": source["url"]}
            for source in stored.sources
            if source.get("url") and source["used"] is not False
        ),
    )
    return Answer(draft=draft, sources=stored.sources, cached_from=stored.reference)


def _is_sealed(case: Case, text: str) -> bool:
    """Whether it touches what was sealed since it was stored."""
    return case.query.seal is not None and case.query.seal(text) is not None


def may_repeat(answer: gateway.Answer) -> bool:
    """Whether others may get it, as far as one sees without reading it."""
    passed = answer.action == gateway.Action.CONTINUE and not answer.guarded
    return passed and not answer.looked_up


def find_key_to_keep(case: Case, text: str) -> str | None:
    """Under which this answer may be kept; None if it is this visitor's alone."""
    return None if cache.is_personal(text, known=case.query.known) else find_key(case)


async def keep(case: Case, answer: Answer) -> None:
    """Keeps a recorded answer for the next who asks; that it could not be kept harms nobody."""
    if (key := await _find_key_to_keep(case, answer.draft.text)) is None:
        return
    stored = cache.StoredAnswer(
        reference=case.exchange.pk,
        text=answer.draft.text,
        sources=answer.sources,
        model_release=case.roster.plan.release if case.roster else None,
        language=case.query.language,
        subject=build_subject(case.query.question),
    )
    try:
        await _record(key=key, payer=case.site.pk, answer=stored, now=timezone.now())
    except DatabaseError:
        logger.warning("answer not kept", extra={"exchange": str(case.exchange.pk)})


async def notice(case: Case, answer: Answer) -> None:
    """Counts a question that was asked before, or nearly: it may want a rule. The answer is out
    by now, and that it could not be counted harms nobody."""
    if (key := await _find_key(case)) is None:
        return
    try:
        await _notice(
            key=key,
            payer=case.site.pk,
            query=case.query,
            is_repeat=answer.cached_from is not None,
            now=timezone.now(),
        )
    except DatabaseError:
        logger.warning("question not counted", extra={"exchange": str(case.exchange.pk)})


# Looking for personal data takes milliseconds, too.
_find_key = in_patient_thread(find_key)
_find_key_to_keep = in_patient_thread(find_key_to_keep)
_find = in_patient_thread(cache.find)
_record = in_patient_thread(cache.record)
_notice = in_patient_thread(suggestions.notice)
