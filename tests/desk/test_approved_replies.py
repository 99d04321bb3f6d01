"""Approved replies in the console: written, refused in words, and shown with the answer."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from chatbot.conversations.models import Exchange, Site
from llm_bridge.approved.recording import Wording, record_reply
from llm_bridge.models import ApprovedReply
from tests.desk.conftest import Tell, get_exchange

LIST = "/admin/llm_bridge/approvedreply/"
ADD = f"{LIST}add/"


def build_form(site: Site, **fields: Any) -> dict[str, Any]:
    empty = {f"valid_{end}_{part}": "" for end in ("from", "until") for part in (0, 1)}
    told = {"questions": "Do you wrap gifts?", "text": "Yes.", "language": "", "enabled": "on"}
    return {**empty, **told, "base": site.knowledge_id, **fields}


def approve(site: Site, **more: Any) -> ApprovedReply:
    wording = Wording(questions=["Do you wrap gifts?", "Gift paper?"], text="Yes.", **more)
    return record_reply(base_id=site.knowledge_id, wording=wording, author=None, origin=uuid4())


def test_an_empty_list_says_what_they_are_for(editor: Client) -> None:
    page = editor.get(LIST).content.decode()
    assert "No approved replies yet" in page
    assert ADD in page


def test_an_editor_approves_a_reply_and_answers_for_it(editor: Client, site: Site) -> None:
    form = build_form(
        site,
        questions="Do you wrap gifts?\r\n\r\n do you  WRAP gifts?\r\nGift paper?",
        text=" Yes, for **2.50**.\r\n",
        valid_until_0="2036-12-24",
        valid_until_1="18:00",
    )
    assert editor.post(ADD, form).status_code == 302
    row = ApprovedReply.objects.get()
    assert row.questions == ["Do you wrap gifts?", "Gift paper?"]
    assert (row.text, row.base) == ("Yes, for **2.50**.", site.knowledge)
    assert row.approved_by.username == "edna"
    page = editor.get(LIST).content.decode()
    assert "Do you wrap gifts? (and 1 more)" in page
    assert "In use" in page
    again = editor.get(f"{LIST}{row.pk}/change/").content.decode()
    assert "Do you wrap gifts?\nGift paper?" in again


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"questions": ""}, "at least one question"),
        ({"questions": "???"}, "no letter or digit"),
        ({"text": "…"}, "Write down what the bot says."),
        ({"text": "x" * 2_001}, "2,000 characters"),
        (
            {
                "valid_from_0": "2026-12-24",
                "valid_from_1": "10:00",
                "valid_until_0": "2026-12-24",
                "valid_until_1": "10:00",
            },
            "It ends before it begins.",
        ),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(
    editor: Client, site: Site, fields: dict[str, str], told: str
) -> None:
    answer = editor.post(ADD, build_form(site, **fields))
    assert answer.status_code == 200
    assert told in answer.content.decode()
    assert not ApprovedReply.objects.exists()


def test_a_second_reply_to_the_same_question_is_refused(editor: Client, site: Site) -> None:
    row = approve(site)
    answer = editor.post(ADD, build_form(site)).content.decode()
    assert "has another approved reply for the same time" in answer
    same = build_form(site, text="No.")
    assert editor.post(f"{LIST}{row.pk}/change/", same).status_code == 302
    row.refresh_from_db()
    assert row.text == "No."


def test_what_is_off_or_over_or_to_come_is_told_apart(editor: Client, site: Site) -> None:
    row = approve(site)
    for fields, told in (
        ({"enabled": False}, "Not used"),
        ({"enabled": True, "valid_from": "2126-01-01T00:00Z"}, "Later"),
        ({"valid_from": None, "valid_until": "2016-01-01T00:00Z"}, "Over"),
    ):
        ApprovedReply.objects.filter(pk=row.pk).update(**fields)
        assert told in editor.get(LIST).content.decode()


def test_hostile_words_stay_words(editor: Client, site: Site) -> None:
    editor.post(ADD, build_form(site, questions="<img src=x>?", text="<script>alert(1)</script>"))
    page = editor.get(LIST).content.decode()
    assert "<img src=x>" not in page
    assert "<script>alert" not in page


def test_the_exchange_names_the_reply_it_was_answered_with(
    administrator: Client, site: Site, tell: Tell
) -> None:
    row = approve(site)
    exchange = get_exchange(tell("where is my order"))
    evidence = [
        {
            "kind": "reply",
            "reply": row.pk,
            "title": "Do you wrap gifts?",
            "is_exact": False,
            "score": 0.91,
            "used": True,
        }
    ]
    Exchange.objects.filter(pk=exchange.pk).update(sources=evidence, source="knowledge")
    page = administrator.get(f"/admin/conversations/exchange/{exchange.pk}/change/")
    told = page.content.decode()
    assert f"{LIST}{row.pk}/change/" in told
    assert "approved reply to a question that says the same" in told


def test_agents_do_not_approve(anna: Client) -> None:
    assert anna.get(LIST).status_code == 403
    assert anna.get(ADD).status_code == 403
