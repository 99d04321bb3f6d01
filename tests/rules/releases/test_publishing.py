"""Publishing: what is checked, who may be faster, and the way back."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User

from rules.draft import build_document, replace_draft, save_piece
from rules.models import Activation, Intent, Release, Rule, Rulebook
from rules.releases import (
    HasErrors,
    NotAccepted,
    Overtaken,
    find_live,
    publish,
    rollback,
    withdraw,
)
from rules.releases import publishing as room


def change_farewell(rulebook: Rulebook, author: User | None, reply: str = "Farewell!") -> None:
    row = Rule.objects.get(rulebook=rulebook, name="farewell")
    row.then = [{"reply": reply}, {"close": True}]
    save_piece(row=row, version=row.version, author=author)


def meanwhile(monkeypatch: pytest.MonkeyPatch, act: Any) -> None:
    """Somebody acts while the draft is being checked."""
    check = room.check_document

    def check_slowly(document: Any, **more: Any) -> Any:
        monkeypatch.setattr(room, "check_document", check)
        act()
        return check(document, **more)

    monkeypatch.setattr(room, "check_document", check_slowly)


def test_a_release_is_the_draft_with_its_author_hash_and_time(
    rulebook: Rulebook, edna: User
) -> None:
    change_farewell(rulebook, edna)
    release = publish(rulebook=rulebook, author=edna, message="Warmer", accepted=None)
    assert (release.number, release.author, release.message) == (2, edna, "Warmer")
    assert release.content == build_document(rulebook)
    assert len(release.content_hash) == 64
    with pytest.raises(TypeError, match="immutable"):
        release.save()


def test_an_example_that_fails_is_named_and_nothing_changes(rulebook: Rulebook, edna: User) -> None:
    intent = Intent.objects.get(name="bye")
    intent.examples = ["where is my parcel?"]
    save_piece(row=intent, version=intent.version, author=edna)
    with pytest.raises(HasErrors, match="where is my parcel"):
        publish(rulebook=rulebook, author=edna, message="x", accepted=None)
    rulebook.refresh_from_db()
    assert (rulebook.live.number, Release.objects.count()) == (1, 1)  # type: ignore[union-attr]


def test_warnings_have_to_be_ticked_one_by_one(rulebook: Rulebook, edna: User) -> None:
    row = Intent(rulebook=rulebook, name="nobody", phrases=["who is there"], examples=[])
    save_piece(row=row, version=0, author=edna)
    with pytest.raises(NotAccepted, match="nobody") as refused:
        publish(rulebook=rulebook, author=edna, message="x")
    warnings = refused.value.findings
    assert {warning.level for warning in warnings} == {"WARNING"}
    with pytest.raises(NotAccepted):
        publish(rulebook=rulebook, author=edna, message="x", accepted=["another"])
    ticked = {warning.id for warning in warnings}
    assert publish(rulebook=rulebook, author=edna, message="x", accepted=ticked).number == 2


def test_an_example_that_a_change_moved_is_named_with_where_it_goes(
    rulebook: Rulebook, edna: User
) -> None:
    row = Intent.objects.get(name="bye")
    row.phrases = ["goodbye", "where is my (order|parcel)"]
    save_piece(row=row, version=row.version, author=edna)
    farewell = Rule.objects.get(name="farewell")
    farewell.priority = 99
    save_piece(row=farewell, version=farewell.version, author=edna)
    with pytest.raises(HasErrors, match=r"where is my order AB-123456.*farewell") as refused:
        publish(rulebook=rulebook, author=edna, message="x", accepted=None)
    assert any("order_status" in finding.message for finding in refused.value.findings)


def test_a_draft_that_changed_while_it_was_checked_is_not_published(
    rulebook: Rulebook, edna: User, otto: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    meanwhile(monkeypatch, lambda: change_farewell(rulebook, otto))
    with pytest.raises(Overtaken, match="changed the draft"):
        publish(rulebook=rulebook, author=edna, message="x", accepted=None)
    assert Release.objects.count() == 1


def test_of_two_who_publish_at_once_one_is_told_that_the_other_was_faster(
    rulebook: Rulebook, edna: User, otto: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def publish_first() -> None:
        publish(rulebook=rulebook, author=otto, message="first", accepted=None)

    meanwhile(monkeypatch, publish_first)
    with pytest.raises(Overtaken, match="otto has just published release 2"):
        publish(rulebook=rulebook, author=edna, message="second", accepted=None)
    assert list(Release.objects.values_list("message", flat=True)) == ["first", "test"]


def test_rolling_back_makes_the_same_release_live_again_and_says_who_did_it(
    rulebook: Rulebook, edna: User, otto: User
) -> None:
    change_farewell(rulebook, edna)
    publish(rulebook=rulebook, author=edna, message="x", accepted=None)
    rollback(rulebook=rulebook, number=1, author=otto)
    live = find_live(rulebook_id=rulebook.pk)
    assert live is not None
    assert live.number == 1
    newest = Activation.objects.select_related("release", "author")[0]
    assert (newest.release.number, newest.how) == (1, "rolled back")  # type: ignore[union-attr]
    assert newest.author == otto
    with pytest.raises(Release.DoesNotExist):
        rollback(rulebook=rulebook, number=9, author=otto)


def test_rolling_back_to_what_is_live_changes_nothing(rulebook: Rulebook, edna: User) -> None:
    before = Activation.objects.count()
    rollback(rulebook=rulebook, number=1, author=edna)
    assert Activation.objects.count() == before


def test_what_is_withdrawn_decides_no_more(rulebook: Rulebook, edna: User) -> None:
    assert find_live(rulebook_id=rulebook.pk)
    withdraw(rulebook=rulebook, author=edna)
    assert find_live(rulebook_id=rulebook.pk) is None


def test_a_draft_that_is_no_rulebook_is_refused_by_the_place_that_is_wrong(
    rulebook: Rulebook, edna: User
) -> None:
    document = build_document(rulebook)
    replace_draft(rulebook=rulebook, document=document, author=edna)
    row = Intent.objects.get(name="bye")
    row.name = "farewells"
    save_piece(row=row, version=row.version, author=edna)
    with pytest.raises(HasErrors) as refused:
        publish(rulebook=rulebook, author=edna, message="x", accepted=None)
    assert {finding.where for finding in refused.value.findings} == {"rules.farewell.when.intent"}
