"""Keeps approved replies: checked in full, one for each exchange that it corrects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from llm_bridge.approved.tables import MAX_QUESTION, MAX_QUESTIONS, MAX_TEXT, ApprovedReply
from llm_bridge.cache.keys import normalise
from llm_bridge.models import KnowledgeBase

_Span = tuple[datetime | None, datetime | None]


class ReplyError(ValueError):
    """A reply that cannot be kept, in one sentence; `field` is where it is wrong."""

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What a reply says, and to what; `language` is empty for any, `until` is the first moment
    at which it does not hold."""

    questions: Sequence[str]
    text: str
    language: str = ""
    valid_from: datetime | None = None
    valid_until: datetime | None = None


def record_reply(
    *, base_id: int, wording: Wording, author: Any, origin: UUID | None = None
) -> ApprovedReply:
    """Keeps what a person approved; what corrects an exchange again replaces its first correction.

    Raises ReplyError. `origin` is the exchange whose answer it corrects.
    """
    questions = parse_questions(wording.questions)
    with transaction.atomic():
        KnowledgeBase.objects.select_for_update().get(pk=base_id)
        row = _find_row(base_id, origin)
        row.questions, row.text = questions, parse_text(wording.text)
        row.language = wording.language.strip()[:16]
        row.valid_from, row.valid_until = wording.valid_from, wording.valid_until
        row.approved_by, row.enabled = author, True
        check_reply(row)
        row.save()
    return row


def forget(*, reference: UUID) -> int:
    """Removes what corrects this exchange, whose questions were a visitor's; says how many."""
    return ApprovedReply.objects.filter(origin=reference).delete()[0]


def parse_questions(lines: Sequence[str]) -> list[str]:
    """Each once, however it is written; raises ReplyError."""
    written = [" ".join(line.split()) for line in lines]
    questions = list({normalise(each): each for each in reversed(written) if each}.values())[::-1]
    if not questions:
        raise ReplyError("Write down at least one question.", field="questions")
    if len(questions) > MAX_QUESTIONS:
        raise ReplyError(f"A reply has at most {MAX_QUESTIONS} questions.", field="questions")
    for question in questions:
        if len(question) > MAX_QUESTION:
            told = f"“{question[:40]}…” is longer than {MAX_QUESTION} characters."
            raise ReplyError(told, field="questions")
        if not any(map(str.isalnum, question)):
            raise ReplyError(f"“{question[:40]}” has no letter or digit.", field="questions")
    return questions


def parse_text(text: str) -> str:
    """The text as it is said; raises ReplyError."""
    said = text.replace("\r\n", "\n").strip()
    if not any(map(str.isalnum, said)):
        raise ReplyError("Write down what the bot says.", field="text")
    if len(said) > MAX_TEXT or "\x00" in said:
        raise ReplyError(f"A reply has at most {MAX_TEXT:,} characters.", field="text")
    return said


def check_reply(row: ApprovedReply) -> None:
    """ReplyError where its time ends before it begins, or another one answers the same then."""
    if row.valid_from and row.valid_until and row.valid_from >= row.valid_until:
        raise ReplyError("It ends before it begins.", field="valid_until")
    if not row.enabled:
        return
    mine = {normalise(each) for each in row.questions}
    others = ApprovedReply.objects.filter(base_id=row.base_id, enabled=True)
    for other in others.filter(language__iexact=row.language).exclude(pk=row.pk):
        same = next((each for each in other.questions if normalise(each) in mine), None)
        if same is not None and _compete(_get_span(row), _get_span(other)):
            told = f"“{same}” has another approved reply for the same time: change that one."
            raise ReplyError(told, field="questions")


def _find_row(base_id: int, origin: UUID | None) -> ApprovedReply:
    known = origin and ApprovedReply.objects.filter(base_id=base_id, origin=origin).first()
    return known or ApprovedReply(base_id=base_id, origin=origin)


def _get_span(row: ApprovedReply) -> _Span:
    return row.valid_from, row.valid_until


def _compete(one: _Span, other: _Span) -> bool:
    """Both for always, or both for a time that overlaps: one for a time goes before the other."""
    if any(one) != any(other):
        return False
    starts_before = one[0] is None or other[1] is None or one[0] < other[1]
    return starts_before and (other[0] is None or one[1] is None or other[0] < one[1])
