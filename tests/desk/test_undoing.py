"""Saved by mistake: the message after saving takes it back."""

from __future__ import annotations

from typing import Any

from django.test import Client

from chatbot.conversations.models import Exchange, Site
from rules.models import DraftChange, Intent, Rule
from tests.desk.conftest import Tell
from tests.desk.test_rulebook import build_intent


def get_undo(page: str) -> str:
    change = DraftChange.objects.latest("pk")
    path = f"/admin/rulebook/history/{change.pk}/undo/"
    assert f'action="{path}"' in page
    return path


def read(answer: Any) -> str:
    text: str = answer.content.decode()
    return text


def test_a_new_piece_is_undone_from_the_message_that_says_it_was_saved(
    editor: Client, site: Site
) -> None:
    page = read(editor.post("/admin/rules/intent/add/", build_intent(site), follow=True))
    editor.post(get_undo(page))
    assert not Intent.objects.filter(name="night").exists()


def test_a_deleted_piece_comes_back_from_the_message(editor: Client, site: Site) -> None:
    editor.post("/admin/rules/intent/add/", build_intent(site))
    night = Intent.objects.get(name="night")
    path = f"/admin/rules/intent/{night.pk}/delete/"
    page = read(editor.post(path, {"post": "yes"}, follow=True))
    editor.post(get_undo(page))
    assert Intent.objects.get(name="night").phrases == night.phrases


def test_a_rules_page_leads_to_its_history_and_can_stop_it(editor: Client, site: Site) -> None:
    rule = Rule.objects.get(name="farewell")
    page = read(editor.get(f"/admin/rules/rule/{rule.pk}/change/"))
    assert "/admin/rulebook/history/?rulebook=" in page
    assert "Stop the rule farewell?" in page


def test_whoever_reads_a_wrong_answer_can_stop_its_rule(
    anna: Client, site: Site, tell: Tell
) -> None:
    tell("goodbye")
    page = read(anna.get(f"/admin/conversations/exchange/{Exchange.objects.get().pk}/change/"))
    assert "Stop the rule farewell?" in page
