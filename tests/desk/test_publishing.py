"""From the draft to the live release over the console's pages, and back."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from chatbot.conversations.models import Site
from rules.draft import save_piece, save_setting
from rules.models import Intent, Release, Review, Rule, Rulebook
from tests.desk.conftest import sign_in

CHANGES = "/admin/rulebook/changes/"
PUBLISH = f"{CHANGES}publish/"


def change(site: Site, *, phrase: str = "good night", author: Any = None) -> None:
    """One more phrase in the draft."""
    bye = Intent.objects.get(rulebook=site.rulebook, name="bye")
    bye.phrases = [*bye.phrases, phrase]
    save_piece(row=bye, version=bye.version, author=author)


def add_twin(site: Site) -> None:
    """A rule that says something else than `farewell` on the same condition."""
    row = Rule(
        rulebook=site.rulebook,
        name="goodbye_too",
        position=99,
        when={"intent": "bye"},
        then=[{"reply": "See you!"}],
    )
    save_piece(row=row, version=0, author=None)


def build_form(client: Client, **fields: Any) -> dict[str, Any]:
    """What the page of changes would send."""
    book = client.get(CHANGES).context["book"]
    seen = {"rulebook": book.pk, "version": book.version, "live": book.live_id or ""}
    return {**seen, "message": "More ways to say it", **fields}


def read(answer: Any) -> str:
    text: str = answer.content.decode()
    return text


def get_live(site: Site) -> Release:
    live = Rulebook.objects.get(pk=site.rulebook.pk).live
    assert live is not None
    return live


def test_the_page_says_in_words_what_changes(editor: Client, site: Site) -> None:
    change(site)
    page = read(editor.get(CHANGES))
    assert "Phrase added: “good night”" in page
    assert "Publish as release 2" in page


def test_publishing_makes_the_draft_live(editor: Client, site: Site) -> None:
    change(site)
    answer = editor.post(PUBLISH, build_form(editor), follow=True)
    assert "Release 2 is live" in read(answer)
    live = get_live(site)
    assert (live.number, live.message) == (2, "More ways to say it")
    assert live.author == User.objects.get(username="edna")


def test_publishing_needs_a_message(editor: Client, site: Site) -> None:
    change(site)
    answer = editor.post(PUBLISH, build_form(editor, message="  "))
    assert answer.status_code == 422
    assert "Say in a few words what changed" in read(answer)
    assert get_live(site).number == 1


def test_what_changed_since_somebody_looked_is_not_published(editor: Client, site: Site) -> None:
    change(site)
    form = build_form(editor)
    change(site, phrase="sleep well")
    answer = editor.post(PUBLISH, form)
    assert answer.status_code == 409
    assert "Somebody changed the draft after you opened this page" in read(answer)
    assert "sleep well" in read(answer)
    assert get_live(site).number == 1


def test_a_release_made_meanwhile_is_noticed(editor: Client, site: Site) -> None:
    change(site)
    form = build_form(editor)
    Rulebook.objects.filter(pk=site.rulebook.pk).update(live=None)
    answer = editor.post(PUBLISH, form)
    assert answer.status_code == 409
    assert "Another release went live" in read(answer)


def test_a_broken_example_is_told_and_keeps_what_is_live(editor: Client, site: Site) -> None:
    bye = Intent.objects.get(name="bye")
    bye.examples = ["see you <b>later</b>"]
    save_piece(row=bye, version=bye.version, author=None)
    findings = read(editor.get(f"{CHANGES}findings/"))
    assert "Must be corrected" in findings
    assert "see you &lt;b&gt;later&lt;/b&gt;" in findings
    answer = editor.post(PUBLISH, build_form(editor))
    assert answer.status_code == 422
    assert "the draft has to be corrected first" in read(answer)
    assert get_live(site).number == 1


def test_a_warning_has_to_be_ticked(editor: Client, site: Site) -> None:
    row = Intent(rulebook=site.rulebook, name="vacuum", position=99, phrases=["vacuum cleaner"])
    save_piece(row=row, version=0, author=None)
    listed = editor.get(f"{CHANGES}findings/").context["findings"]
    warnings = [finding.id for finding in listed if finding.level == "WARNING"]
    assert warnings
    refused = editor.post(PUBLISH, build_form(editor))
    assert refused.status_code == 422
    assert "read and tick" in read(refused)
    editor.post(PUBLISH, build_form(editor, accepted=warnings))
    assert get_live(site).number == 2


def test_a_finding_leads_to_its_rules_and_to_a_message_to_try(editor: Client, site: Site) -> None:
    add_twin(site)
    page = read(editor.get(f"{CHANGES}findings/"))
    twin, other = Rule.objects.get(name="goodbye_too"), Rule.objects.get(name="farewell")
    assert f"/admin/rules/rule/{twin.pk}/change/" in page
    assert f"/admin/rules/rule/{other.pk}/change/" in page
    assert "/admin/rulebook/try/?rulebook=" in page


def test_a_draft_without_changes_says_what_to_do_next(editor: Client, site: Site) -> None:
    page = read(editor.get(CHANGES))
    assert "The draft says what is live" in page
    assert "Publish as release" not in page


def demand_two(site: Site) -> None:
    save_setting(rulebook=site.rulebook, name="four_eyes", value=True, before=False, author=None)


def test_a_second_person_approves_before_anything_is_published(editor: Client, site: Site) -> None:
    demand_two(site)
    change(site, author=User.objects.get(username="edna"))
    other = sign_in("otto", "Editors")
    refused = editor.post(PUBLISH, build_form(editor))
    assert refused.status_code == 422
    assert "A second person has to approve" in read(refused)
    editor.post(f"{CHANGES}review/", build_form(editor, message="Please look"))
    review = Review.objects.get()
    approval = build_form(editor, review=review.pk)
    mine = read(editor.post(f"{CHANGES}approve/", approval, follow=True))
    assert "another person has to approve it" in mine
    theirs = read(other.post(f"{CHANGES}approve/", approval, follow=True))
    assert "Otto approved this" in theirs
    editor.post(PUBLISH, build_form(editor))
    live = get_live(site)
    assert (live.number, live.approved_by) == (2, User.objects.get(username="otto"))


def test_an_approval_ends_with_the_next_change(editor: Client, site: Site) -> None:
    demand_two(site)
    change(site)
    editor.post(f"{CHANGES}review/", build_form(editor, message="Please look"))
    other = sign_in("otto", "Editors")
    other.post(f"{CHANGES}approve/", build_form(other, review=Review.objects.get().pk))
    change(site, phrase="sleep well")
    assert editor.post(PUBLISH, build_form(editor)).status_code == 422
    assert get_live(site).number == 1


def test_one_click_goes_back_to_the_release_before(editor: Client, site: Site) -> None:
    first = get_live(site)
    change(site)
    page = read(editor.post(PUBLISH, build_form(editor), follow=True))
    assert "Back to release 1" in page
    answer = editor.post(f"/admin/rules/release/{first.pk}/make-live/", follow=True)
    assert "Release 1 is live again." in read(answer)
    assert get_live(site) == first


def test_any_two_versions_can_be_compared(editor: Client, site: Site) -> None:
    change(site)
    editor.post(PUBLISH, build_form(editor))
    page = read(editor.get("/admin/rulebook/compare/?a=1&b=2"))
    assert "Phrase added: “good night”" in page
    assert "Both say the same" in read(editor.get("/admin/rulebook/compare/?a=2&b=draft"))
    assert editor.get("/admin/rulebook/compare/?a=9&b=draft").status_code == 404


def test_a_release_page_shows_the_whole_rulebook_and_no_form(editor: Client, site: Site) -> None:
    release = get_live(site)
    page = read(editor.get(f"/admin/rules/release/{release.pk}/change/"))
    assert "phrases: [goodbye]" in page
    assert release.content_hash in page
    assert "Make live again" not in page


def test_a_release_can_be_neither_added_nor_deleted(administrator: Client, site: Site) -> None:
    release = get_live(site)
    assert administrator.get("/admin/rules/release/add/").status_code == 403
    assert administrator.get(f"/admin/rules/release/{release.pk}/delete/").status_code == 403


@pytest.mark.parametrize("path", [PUBLISH, f"{CHANGES}approve/"])
def test_who_may_not_publish_is_refused(editor: Client, site: Site, path: str) -> None:
    permission = Permission.objects.get(codename="publish_release")
    User.objects.get(username="edna").groups.get().permissions.remove(permission)
    assert editor.post(path, {"message": "x"}).status_code == 403
    page = read(editor.get(CHANGES))
    assert "Publish as release" not in page


def test_an_agent_sees_no_changes(anna: Client, site: Site) -> None:
    assert anna.get(CHANGES).status_code == 403
    assert anna.post(PUBLISH, {"message": "x"}).status_code == 403
