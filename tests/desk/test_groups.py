"""What each group of staff may see and do."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client

from chatbot.desk.groups import make_groups

WORK = ["/desk/"]
RULEBOOK = ["/admin/rules/intent/add/", "/admin/rules/rule/add/", "/admin/rules/entity/add/"]
RECORDS = ["/admin/conversations/conversation/", "/admin/conversations/exchange/"]
SETTINGS = ["/admin/auth/user/", "/admin/auth/group/", "/admin/conversations/site/add/"]


def get_codes(client: Client, paths: list[str]) -> set[int]:
    return {client.get(path).status_code for path in paths}


def test_an_agent_answers_in_the_queue_and_reads_records_and_no_more(anna: Client) -> None:
    assert get_codes(anna, WORK + RECORDS) == {200}
    assert get_codes(anna, RULEBOOK + SETTINGS) == {403}


def test_an_editor_writes_rules_and_reads_records_but_has_no_queue(editor: Client) -> None:
    assert get_codes(editor, RULEBOOK + RECORDS) == {200}
    assert get_codes(editor, WORK + SETTINGS) == {403}


def test_an_administrator_may_do_everything(administrator: Client) -> None:
    assert get_codes(administrator, WORK + RECORDS + RULEBOOK + SETTINGS) == {200}


def test_nobody_enters_without_signing_in(site: object) -> None:
    assert get_codes(Client(), ["/admin/", *WORK, *RECORDS]) == {302}


def test_the_menu_offers_only_what_fits(anna: Client, editor: Client) -> None:
    page = anna.get("/admin/").content.decode()
    assert 'href="/desk/"' in page
    assert "/admin/rules/rule/" not in page
    page = editor.get("/admin/").content.decode()
    assert 'href="/desk/"' not in page
    assert "/admin/rules/rule/" in page
    assert "/admin/auth/user/" not in page


def test_an_agent_cannot_publish(anna: Client, site: object) -> None:
    assert anna.post("/admin/rules/release/1/make-live/").status_code == 403


@pytest.mark.django_db
def test_a_permission_taken_away_by_hand_stays_away() -> None:
    make_groups()
    group = Group.objects.get(name="Editors")
    group.permissions.remove(Permission.objects.get(codename="publish_release"))
    make_groups()
    assert not group.permissions.filter(codename="publish_release").exists()


@pytest.mark.django_db
def test_administrators_get_permissions_that_are_new() -> None:
    make_groups()
    group = Group.objects.get(name="Administrators")
    group.permissions.clear()
    make_groups()
    assert group.permissions.count() == Permission.objects.count()
