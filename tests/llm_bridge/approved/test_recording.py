"""What may be approved, and that one exchange is corrected by one reply."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError

from llm_bridge.approved.recording import ReplyError, forget
from llm_bridge.models import ApprovedReply, KnowledgeBase
from tests.llm_bridge.approved.approving import NOW, approve, ask, read

GIFT = "Do you wrap gifts?"
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"questions": ()}, "questions"),
        ({"questions": (" ", "\n")}, "questions"),
        ({"questions": ("???",)}, "questions"),
        ({"questions": ("x" * 301,)}, "questions"),
        ({"questions": tuple(f"question {number}" for number in range(31))}, "questions"),
        ({"text": " \n"}, "text"),
        ({"text": "…!"}, "text"),
        ({"text": "x" * 2_001}, "text"),
        ({"text": "a\x00b"}, "text"),
        ({"valid_from": NOW, "valid_until": NOW}, "valid_until"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(
    base: KnowledgeBase, fields: dict[str, Any], field: str
) -> None:
    questions = fields.pop("questions", (GIFT,))
    with pytest.raises(ReplyError) as refused:
        approve(base, *questions, **fields)
    assert refused.value.field == field
    assert not ApprovedReply.objects.exists()


def test_a_question_stands_once_however_often_it_is_written(base: KnowledgeBase) -> None:
    row = approve(base, GIFT, "do you  wrap gifts?", "Gift paper?")
    assert row.questions == [GIFT, "Gift paper?"]


def test_a_correction_of_a_correction_replaces_it(base: KnowledgeBase) -> None:
    exchange = uuid4()
    first = approve(base, GIFT, text="No.", origin=exchange)
    second = approve(base, GIFT, text="Yes.", origin=exchange)
    assert first.pk == second.pk
    assert read(base, GIFT) == "Yes."


def test_what_was_made_of_an_exchange_goes_with_it(base: KnowledgeBase) -> None:
    exchange = uuid4()
    approve(base, GIFT, origin=exchange)
    approve(base, "Gift paper colours?")
    assert forget(reference=exchange) == 1
    assert ask(base, GIFT) is None
    assert ask(base, "Gift paper colours?")
    assert forget(reference=exchange) == 0


SPANS: list[tuple[dict[str, Any], dict[str, Any], bool]] = [
    ({}, {}, True),
    ({}, {"valid_until": NOW}, False),
    ({"valid_from": NOW}, {"valid_until": NOW}, False),
    ({"valid_from": NOW}, {"valid_until": NOW + DAY}, True),
    ({"valid_until": NOW}, {"valid_until": NOW + DAY}, True),
    ({}, {"language": "de"}, False),
]


@pytest.mark.parametrize(("one", "other", "is_refused"), SPANS)
def test_a_question_has_one_reply_at_a_time(
    base: KnowledgeBase, one: dict[str, Any], other: dict[str, Any], is_refused: bool
) -> None:
    approve(base, GIFT, **one)
    if not is_refused:
        approve(base, "another", "DO YOU WRAP GIFTS?", **other)
        return
    with pytest.raises(ReplyError, match="another approved reply"):
        approve(base, "another", "DO YOU WRAP GIFTS?", **other)


def test_what_is_switched_off_is_in_nobodys_way(base: KnowledgeBase) -> None:
    approve(base, GIFT)
    ApprovedReply.objects.update(enabled=False)
    assert approve(base, GIFT)


def test_the_database_holds_it_too(base: KnowledgeBase) -> None:
    with pytest.raises(IntegrityError):
        ApprovedReply.objects.create(
            base=base, questions=[GIFT], text="x", valid_from=NOW, valid_until=NOW
        )
