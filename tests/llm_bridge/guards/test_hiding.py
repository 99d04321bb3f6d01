"""What a provider sees of a visitor's data, and what the visitor reads in the answer."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from uuid import UUID

import pytest

from llm_bridge.answers.dialogue import Dialogue
from llm_bridge.answers.draft import Finished
from llm_bridge.gateway import (
    Action,
    AnswerFailed,
    Found,
    Kind,
    Known,
    Lookup,
    Query,
    Quotation,
    Source,
)
from llm_bridge.guards.notes import Note
from llm_bridge.guards.policy import GuardPolicy
from llm_bridge.guards.principles import Principle
from llm_bridge.plan import Plan
from llm_bridge.values import Utterance
from tests.llm_bridge.asking import QUERY, ask
from tests.llm_bridge.fake_modes import Reply
from tests.llm_bridge.fake_provider import FakeProvider

pytestmark = pytest.mark.django_db(transaction=True)

MAIL, PHONE, CARD = "jo@example.org", "030 765 43 21", "4111 1111 1111 1111"


def tell(provider: FakeProvider, answer: str) -> None:
    """The model says this, with the placeholder of the question's kind in place of `KIND`."""

    async def behave(reply: Reply) -> None:
        prompt = json.dumps(reply.request["messages"])
        text = re.sub(
            r"<([A-Z]+)>",
            lambda kind: (re.findall(rf"\[{kind[1]}_\d+\]", prompt) or ["?"])[-1],
            answer,
        )
        await reply.begin()
        for character in text:  # a placeholder never comes in one piece
            await reply.text(character)
        await reply.finish()

    provider.behave = behave


def get_sent(provider: FakeProvider) -> str:
    return json.dumps([each.body for each in provider.completions], ensure_ascii=False)


async def test_no_part_of_what_is_sent_has_personal_data(provider: FakeProvider) -> None:
    query = replace(
        QUERY,
        question=f"My name is Ada Lovelace, card {CARD}. Does Zebedee get it?",
        history=(
            Utterance("visitor", f"I am {MAIL}"),
            Utterance("agent", f"I have {PHONE} and Ada here."),
            Utterance("visitor", "ok"),
        ),
        quoted=(Quotation("user", "IBAN GB33BUKB20201555555555"),),
        instruction="Greet Zebedee.",
        known=(Known(Kind.NAME, "Zebedee"),),
    )
    tell(provider, "Fine.")
    await ask(provider, "ok", query=query)
    sent = get_sent(provider)
    for secret in ("Ada", "Lovelace", CARD, MAIL, PHONE, "GB33", "Zebedee"):
        assert secret not in sent


async def test_the_visitor_reads_it_as_it_was_streamed_and_whole(provider: FakeProvider) -> None:
    tell(provider, "We write to **<EMAIL>**. Is that right?")
    deltas, answer = await ask(provider, "ok", query=replace(QUERY, question=f"I am {MAIL}."))
    assert "".join(delta.text for delta in deltas) == answer.text
    assert answer.text == f"We write to **{MAIL}**. Is that right?"
    assert answer.guarded == ()
    assert MAIL not in get_sent(provider)


async def test_a_placeholder_that_the_visitor_types_comes_back_as_typed(
    provider: FakeProvider,
) -> None:
    tell(provider, "You wrote <TEXT>.")
    _, answer = await ask(provider, "ok", query=replace(QUERY, question="What is [EMAIL_482]?"))
    assert answer.text == "You wrote [EMAIL_482]."


async def test_an_invented_placeholder_is_withheld_with_its_sentence(
    provider: FakeProvider,
) -> None:
    tell(provider, "Returns are free. Write to [EMAIL_999]. Bye.")
    _, answer = await ask(provider, "ok")
    assert answer.text == "Returns are free. Bye."
    assert answer.guarded == ("placeholder",)


async def test_the_companys_own_telephone_number_is_told_as_it_is(provider: FakeProvider) -> None:
    source = Source("Contact", "https://a.example/c", f"Call {PHONE}.", 1.0, 1)
    tell(provider, f"Call {PHONE}.")
    query = replace(QUERY, question=f"Is {PHONE} yours?", sources=(source,))
    _, answer = await ask(provider, "ok", query=query)
    assert get_sent(provider).count(PHONE) == 2
    assert answer.text == f"Call {PHONE}."


async def test_an_article_loses_only_what_is_this_visitors(provider: FakeProvider) -> None:
    source = Source("Team", "", "Ada answers at help@shop.example.", 1.0, 1)
    tell(provider, "Fine.")
    query = replace(QUERY, sources=(source,), known=(Known(Kind.NAME, "Ada"),))
    await ask(provider, "ok", query=query)
    assert "help@shop.example" in get_sent(provider)
    assert "Ada answers" not in get_sent(provider)


async def test_what_somebody_else_asked_for_an_approved_reply_tells_nothing_of_him(
    provider: FakeProvider,
) -> None:
    asked = "Approved answer to: I am jane@example.org, is it free?"
    reply = Source(asked, "", f"Yes, it is. Call {PHONE}.", 1.0, 1, kind="reply")
    tell(provider, "It is [EMAIL].")
    with pytest.raises(AnswerFailed, match="filtered"):
        await ask(provider, "ok", query=replace(QUERY, sources=(reply,)))
    assert "jane@example.org" not in get_sent(provider)
    assert PHONE in get_sent(provider)


async def test_what_a_tool_returns_is_hidden_too(provider: FakeProvider) -> None:
    async def find() -> Found:
        return Found(facts={"customer_name": "Ada Lovelace", "mail": MAIL, "state": "sent"})

    lookup = Lookup(name="order_lookup", description="State.", find=find)
    await ask(provider, "tools", query=replace(QUERY, lookups=(lookup,)))
    sent = get_sent(provider)
    assert "sent" in sent
    assert "Ada" not in sent
    assert MAIL not in sent


async def test_a_name_that_was_asked_for_is_one(provider: FakeProvider) -> None:
    tell(provider, "Fine, <NAME>.")
    query = replace(
        QUERY,
        question="zebedee quux",
        history=(Utterance("visitor", "hi"), Utterance("bot", "What is your name?")),
    )
    _, answer = await ask(provider, "ok", query=query)
    assert "zebedee" not in get_sent(provider)
    assert answer.text == "Fine, zebedee quux."


async def test_placeholders_stay_the_same_from_message_to_message(provider: FakeProvider) -> None:
    conversation = UUID(int=7)
    tell(provider, "Fine.")
    for number, text in enumerate(("I am {}", "As I said: {}, and jane@example.org")):
        query = Query(
            question=text.format(MAIL),
            history=(),
            sources=(),
            language="en",
            site_name="Shop",
            instruction=None,
            reference=UUID(int=number),
            conversation=conversation,
            guards=QUERY.guards,
        )
        await ask(provider, "ok", query=query)
    first, second = (re.findall(r"\[EMAIL_\d+\]", str(each.body)) for each in provider.completions)
    assert set(first) < set(second)


async def test_a_site_may_do_without(provider: FakeProvider) -> None:
    tell(provider, "Write to [EMAIL_999].")
    guards = replace(QUERY.guards, personal=False)
    query = replace(QUERY, question=f"I am {MAIL}", guards=guards)
    _, answer = await ask(provider, "ok", query=query)
    assert MAIL in get_sent(provider)
    assert answer.text == "Write to [EMAIL_999]."


async def test_an_answer_of_invented_data_alone_is_none(provider: FakeProvider) -> None:
    tell(provider, "Write to [EMAIL_999].")
    with pytest.raises(AnswerFailed, match="filtered"):
        await ask(provider, "ok")


def test_what_is_said_of_a_refused_answer_has_no_personal_data() -> None:
    query = replace(QUERY, question=f"I am {MAIL}", guards=GuardPolicy())
    dialogue = Dialogue(query, Plan(release=None, choices=()))
    note = Note("ungrounded_name", "refused", "…", ("99 days", f"{MAIL} of Rome"))
    finished = Finished(
        text="",
        action=Action.CONTINUE,
        reason="none",
        used=None,
        guarded=(note.reason,),
        notes=(note,),
        failure="ungrounded",
    )
    dialogue.mend(finished, written="We wrote to [EMAIL_100].")
    *_, written, complaint = dialogue.build_request().messages
    assert written.content == "We wrote to [EMAIL_100]."
    assert "99 days" in complaint.content
    assert "of Rome" in complaint.content
    assert MAIL not in complaint.content


async def test_a_model_that_judges_reads_no_personal_data(provider: FakeProvider) -> None:
    tell(provider, "We write to <EMAIL>.")
    principle = Principle(name="polite", text="Be polite.", is_judged=True)
    guards = replace(QUERY.guards, principles=(principle,), judge=True)
    _, answer = await ask(provider, "ok", query=replace(QUERY, question=MAIL, guards=guards))
    assert answer.text == f"We write to {MAIL}."
    assert "We write to [EMAIL_" in str(provider.completions[1].body)
    assert MAIL not in get_sent(provider)
