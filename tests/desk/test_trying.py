"""Trying messages over the console's page: what it answers while somebody types."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from chatbot.conversations.models import Exchange, Site
from rules.draft import save_piece
from rules.models import DraftChange, Intent, Rule
from tests.desk.conftest import Tell

TRY = "/admin/rulebook/try/"


def ask(client: Client, text: str, **fields: Any) -> dict[str, Any]:
    answer = client.post(
        f"{TRY}decide/", json.dumps({"text": text, **fields}), content_type="application/json"
    )
    assert answer.status_code == 200, answer.content
    decided: dict[str, Any] = answer.json()
    return decided


def edit_reply(site: Site, name: str, reply: str) -> None:
    row = Rule.objects.get(rulebook=site.rulebook, name=name)
    row.then = [{"reply": reply}]
    save_piece(row=row, version=row.version, author=None)


def test_the_words_that_count_are_marked_with_what_they_say(editor: Client) -> None:
    said = ask(editor, "hm, where is my order AB-123456?")["stretches"]
    assert said == [
        ["hm, ", "", ""],
        ["where is my order", "intent", "wants track_order"],
        [" ", "", ""],
        ["AB-123456", "entity", "names order_number"],
        ["?", "", ""],
    ]


def test_the_answer_is_shown_as_it_would_be_given(editor: Client) -> None:
    answer = ask(editor, "where is my order AB-123456")
    assert answer["rule"] == "order_status"
    assert answer["reply"] == "Order AB-123456 is on its way."
    assert answer["options"] == ["Talk to a person"]


def test_every_candidate_has_a_tick_or_a_cross_at_each_condition(editor: Client) -> None:
    html = ask(editor, "where is my order")["html"]
    assert "ask_order_number answers" in " ".join(html.split())
    assert "does not hold:</span>slot order_number known" in html
    assert 'data-add-words="AB-123456"' in html


def test_a_loser_says_what_put_it_behind(editor: Client, site: Site) -> None:
    row = Rule(
        rulebook=site.rulebook,
        name="late",
        position=99,
        when={"intent": "bye"},
        then=[{"reply": "Bye."}],
    )
    save_piece(row=row, version=0, author=None)
    html = ask(editor, "goodbye")["html"]
    assert "its name comes after farewell" in html


def test_a_question_is_answered_in_the_next_message(editor: Client) -> None:
    first = ask(editor, "where is my parcel?")
    assert first["reply"] == "What is your order number?"
    second = ask(editor, "AB-123456", state=first["state"])
    assert second["rule"] == "order_status"


def test_facts_can_be_stated_with_their_types(editor: Client) -> None:
    facts = [["visitor.tier", "gold"], ["visitor.name", "Kim"], ["", "ignored"]]
    assert ask(editor, "am i gold", facts=facts)["reply"] == "You are gold, Kim."
    assert ask(editor, "am i gold", facts=[["visitor.tier", "1"]])["rule"] is None


@pytest.mark.parametrize("facts", [[["no such name!", "x"]], [["intent", "bye"]]])
def test_a_fact_that_cannot_be_is_refused_in_a_sentence(
    editor: Client, facts: list[list[str]]
) -> None:
    body = json.dumps({"text": "hello", "facts": facts})
    answer = editor.post(f"{TRY}decide/", body, content_type="application/json")
    assert answer.status_code == 422
    assert answer.json()["problem"].endswith(".")


@pytest.mark.parametrize("body", ["", "[]", '{"text": 3}', '{"text": "x", "state": {"asked": 1}}'])
def test_what_is_no_message_is_refused(editor: Client, body: str) -> None:
    answer = editor.post(f"{TRY}decide/", body, content_type="application/json")
    assert answer.status_code == 422


def test_draft_and_live_stand_side_by_side_where_they_differ(editor: Client, site: Site) -> None:
    assert "Draft and live differ" not in ask(editor, "goodbye")["html"]
    edit_reply(site, "farewell", "Farewell, friend!")
    draft = ask(editor, "goodbye")
    assert "Draft and live differ" in draft["html"]
    assert draft["reply"] == "Farewell, friend!"
    assert ask(editor, "goodbye", shown="live")["reply"] == "Goodbye!"


def test_a_draft_with_problems_says_so_and_shows_what_is_live(editor: Client, site: Site) -> None:
    bye = Intent.objects.get(name="bye")
    bye.name = "renamed"
    save_piece(row=bye, version=bye.version, author=None)
    answer = ask(editor, "goodbye")
    assert "The draft has problems" in answer["html"]
    assert answer["reply"] == "Goodbye!"


def test_what_a_visitor_wrote_stays_text(editor: Client) -> None:
    html = ask(editor, "where is my order <script>alert(1)</script>")["html"]
    assert "<script>" not in html
    page = editor.get(TRY, {"text": "</script><script>alert(1)</script>"}).content.decode()
    assert "<script>alert(1)" not in page


def test_a_message_that_is_too_long_is_told(editor: Client) -> None:
    assert "longer than rules read" in ask(editor, "x" * 2001)["html"]


def test_a_message_becomes_an_example_that_can_be_undone(editor: Client, site: Site) -> None:
    body = {"text": "goodbye for now", "piece": "intent:bye"}
    answer = editor.post(f"{TRY}example/", json.dumps(body), content_type="application/json")
    assert "Now an example of" in answer.content.decode()
    assert Intent.objects.get(name="bye").examples == ["goodbye for now"]
    change = DraftChange.objects.filter(name="bye").latest("pk")
    editor.post(f"/admin/rulebook/history/{change.pk}/undo/")
    assert Intent.objects.get(name="bye").examples == []


def test_an_example_of_a_rule_brings_the_facts_it_needs(editor: Client, site: Site) -> None:
    facts = [["visitor.tier", "gold"], ["hours", "open"]]
    body = {"text": "am i gold", "piece": "rule:gold", "facts": facts}
    editor.post(f"{TRY}example/", json.dumps(body), content_type="application/json")
    assert Rule.objects.get(name="gold").examples == [
        {"text": "am i gold", "facts": {"visitor.tier": "gold"}, "expect": "gold"}
    ]


def test_what_the_draft_changes_is_shown_by_what_visitors_wrote(
    editor: Client, site: Site, tell: Tell
) -> None:
    tell("goodbye")
    edit_reply(site, "farewell", "Farewell, friend!")
    page = editor.get(f"{TRY}effects/").content.decode()
    assert "Answered with another text" in page
    assert "Farewell, friend!" in page
    assert f"/admin/conversations/exchange/{Exchange.objects.get().pk}/change/" in page


def test_without_a_log_the_examples_show_what_changes(editor: Client, site: Site) -> None:
    edit_reply(site, "ask_order_number", "Tell me your number.")
    page = editor.get(f"{TRY}effects/").content.decode()
    assert "where is my parcel?" in page
    assert "no visitor has written yet" in page


def test_who_may_not_read_rules_cannot_try_them(anna: Client) -> None:
    assert anna.get(TRY).status_code == 403
    assert anna.post(f"{TRY}decide/", "{}", content_type="application/json").status_code == 403


def test_who_may_only_read_keeps_no_example(site: Site, editor: Client) -> None:
    from django.contrib.auth.models import Group

    group = Group.objects.get(name="Editors")
    group.permissions.remove(*group.permissions.filter(codename="change_rule"))
    body = json.dumps({"text": "goodbye", "piece": "intent:bye"})
    answer = editor.post(f"{TRY}example/", body, content_type="application/json")
    assert answer.status_code == 403
