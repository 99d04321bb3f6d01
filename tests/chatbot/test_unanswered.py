"""How many questions in a row got no answer: a plan may count the next one as hard."""

from __future__ import annotations

import pytest
from django.utils import timezone

from chatbot.conversations.cases import read_case
from chatbot.conversations.models import Event, Exchange, Kind, Sender, Source
from tests.server import Server

LLM, PERSON = Source.LLM, Source.FALLBACK


@pytest.mark.parametrize(
    ("before", "count"),
    [
        ([], 0),
        ([(LLM, "continue")], 0),
        ([(LLM, "clarify")], 1),
        ([(PERSON, ""), (LLM, "clarify")], 2),
        ([(PERSON, ""), (LLM, "continue"), (PERSON, "")], 1),
    ],
)
def test_questions_without_an_answer_are_counted_back_to_the_last_answer(
    server: Server, before: list[tuple[str, str]], count: int
) -> None:
    with server.chat() as visitor:
        visitor.ask("where is my order AB-123456")
    conversation = Exchange.objects.get().conversation
    for seq, (source, action) in enumerate([*before, ("", "")], start=3):
        Event.objects.create(
            conversation=conversation,
            seq=seq,
            kind=Kind.MESSAGE,
            sender=Sender.VISITOR,
            text="?",
            at=timezone.now(),
        )
        exchange = Exchange.objects.create(
            conversation=conversation,
            question_seq=seq,
            state=Exchange.State.ANSWERED if source else Exchange.State.PENDING,
            source=source,
            action=action,
            created_at=timezone.now(),
        )
    assert read_case(exchange).query.unanswered == count
