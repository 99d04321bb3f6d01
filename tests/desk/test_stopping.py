"""Stopping a rule, the model or the bot at once, over the console's pages."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.test import Client

from chatbot.conversations.models import Site
from rules.models import Pause
from rules.releases import find_pauses

STOPS = "/admin/rulebook/stops/"


def stop(client: Client, site: Site, **fields: Any) -> str:
    form = {"rulebook": site.rulebook.pk, "reason": "says <b>nonsense</b>", **fields}
    text: str = client.post(f"{STOPS}pause/", form, follow=True).content.decode()
    return text


def test_a_rule_is_stopped_and_every_page_says_so(editor: Client, site: Site) -> None:
    stop(editor, site, kind="rule", rule="farewell")
    assert find_pauses(rulebook_id=site.rulebook.pk).rules == ("farewell",)
    for path in ("/admin/", "/admin/rules/rule/", STOPS, "/admin/rulebook/try/"):
        page = editor.get(path).content.decode()
        assert "The rule farewell is stopped." in page
        assert "By Edna" in page
        assert "says &lt;b&gt;nonsense&lt;/b&gt;" in page


def test_model_and_bot_are_stopped_and_work_again(editor: Client, site: Site) -> None:
    for kind in ("model", "bot"):
        assert "is stopped, everywhere within two seconds" in stop(editor, site, kind=kind)
        row = Pause.objects.get(kind=kind)
        page = editor.post(f"{STOPS}{row.pk}/resume/", follow=True).content.decode()
        assert "works again" in page
        row.refresh_from_db()
        assert row.ended_by == User.objects.get(username="edna")
    assert 'class="desk console-stopped"' not in editor.get("/admin/").content.decode()


def test_what_was_stopped_stays_listed(editor: Client, site: Site) -> None:
    stop(editor, site, kind="rule", rule="farewell")
    editor.post(f"{STOPS}{Pause.objects.get().pk}/resume/")
    page = editor.get(STOPS).content.decode()
    assert "says &lt;b&gt;nonsense&lt;/b&gt;" in page
    assert page.count("by Edna") >= 2


def test_nothing_chosen_stops_nothing(editor: Client, site: Site) -> None:
    assert "Nothing was stopped" in stop(editor, site, kind="rule", rule="")
    assert "Nothing was stopped" in stop(editor, site, kind="everything")
    assert not Pause.objects.exists()


def test_an_agent_may_stop_what_goes_wrong_but_not_edit(anna: Client, site: Site) -> None:
    stop(anna, site, kind="bot")
    assert Pause.objects.get().kind == "bot"
    assert anna.get(STOPS).status_code == 200
    assert anna.get("/admin/rulebook/history/").status_code == 403


def test_who_may_not_stop_is_refused(site: Site, editor: Client) -> None:
    for group in User.objects.get(username="edna").groups.all():
        group.permissions.remove(*group.permissions.filter(codename="pause"))
    form = {"rulebook": site.rulebook.pk, "kind": "bot"}
    assert editor.post(f"{STOPS}pause/", form).status_code == 403
