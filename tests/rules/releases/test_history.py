"""The draft's history: who changed what, nobody overwritten, everything taken back again."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User

from rules.draft import (
    CannotUndo,
    NameTaken,
    Stale,
    build_document,
    clear_draft,
    delete_piece,
    find_changes,
    replace_draft,
    save_piece,
    save_setting,
    undo_change,
)
from rules.models import DraftChange, Intent, Rule, Rulebook


def get_intent(name: str = "bye") -> Intent:
    return Intent.objects.get(name=name)


def save(row: Intent | Rule, author: User, **values: Any) -> DraftChange:
    for name, value in values.items():
        setattr(row, name, value)
    change = save_piece(row=row, version=row.version, author=author)
    assert change is not None
    return change


def test_a_change_is_kept_with_what_stood_there_before(rulebook: Rulebook, edna: User) -> None:
    save(get_intent(), edna, phrases=["so long"], name="farewells")
    change = find_changes(rulebook=rulebook)[0]
    assert (change.before, change.after) == ({"phrases": ["goodbye"]}, {"phrases": ["so long"]})
    assert (change.name_before, change.name, change.author) == ("bye", "farewells", edna)


def test_saving_what_is_there_already_is_no_change(rulebook: Rulebook, edna: User) -> None:
    row = get_intent()
    assert save_piece(row=row, version=row.version, author=edna) is None
    assert find_changes(rulebook=rulebook).count() == 1  # the fixture's import


def test_the_second_of_two_editors_is_told_who_was_faster_and_what_they_wrote(
    rulebook: Rulebook, edna: User, otto: User
) -> None:
    one, two = get_intent(), get_intent()
    save(one, edna, phrases=["so long"])
    with pytest.raises(Stale, match=r"Edna \(.*\) changed “bye”") as refused:
        save(two, otto, phrases=["ciao"])
    assert get_intent().phrases == ["so long"]
    assert refused.value.mine == {"phrases": ["ciao"]}
    theirs = refused.value.theirs
    assert theirs is not None
    assert (theirs.piece, theirs.by) == ({"phrases": ["so long"]}, edna)
    assert save_piece(row=two, version=theirs.version, author=otto)  # deliberately
    assert get_intent().phrases == ["ciao"]


def test_a_piece_changed_by_somebody_else_is_not_deleted(
    rulebook: Rulebook, edna: User, otto: User
) -> None:
    seen = get_intent()
    save(get_intent(), edna, phrases=["so long"])
    with pytest.raises(Stale, match="Edna"):
        delete_piece(row=seen, version=seen.version, author=otto)
    assert get_intent().phrases == ["so long"]


def test_a_piece_deleted_by_somebody_else_does_not_come_back_by_saving(
    rulebook: Rulebook, edna: User, otto: User
) -> None:
    seen = get_intent()
    delete_piece(row=get_intent(), version=seen.version, author=edna)
    with pytest.raises(Stale, match=r"Edna \(.*\) deleted “bye”") as refused:
        save(seen, otto, phrases=["ciao"])
    assert refused.value.theirs is None
    assert not Intent.objects.filter(name="bye").exists()


def test_a_piece_that_came_back_is_still_not_overwritten(
    rulebook: Rulebook, edna: User, otto: User
) -> None:
    seen = get_intent()
    undo_change(
        change_id=delete_piece(row=get_intent(), version=seen.version, author=edna).pk,
        author=edna,
    )
    with pytest.raises(Stale):
        save(seen, otto, phrases=["ciao"])


def test_a_name_is_taken_only_once(rulebook: Rulebook, edna: User) -> None:
    row = Intent(rulebook=rulebook, name="bye", phrases=["ciao"])
    with pytest.raises(NameTaken, match="another intent called “bye”"):
        save_piece(row=row, version=0, author=edna)


def test_every_kind_of_change_is_taken_back(rulebook: Rulebook, edna: User) -> None:
    first = build_document(rulebook)
    made = Intent(rulebook=rulebook, name="hello", phrases=["hello"], position=99)
    gold = Rule.objects.get(name="gold")
    changes = [
        save_piece(row=made, version=0, author=edna),
        save(get_intent(), edna, phrases=["ciao"], name="farewells"),
        delete_piece(row=gold, version=gold.version, author=edna),
        save_setting(
            rulebook=rulebook, name="complex", value=["two_intents"], before=[], author=edna
        ),
        clear_draft(rulebook=rulebook, author=edna),
    ]
    for change in reversed(changes):
        assert change is not None
        undone = undo_change(change_id=change.pk, author=edna)
        assert undone.undoes == change
    rulebook.refresh_from_db()
    again = build_document(rulebook)
    for document in (first, again):
        document["rules"].sort(key=lambda rule: rule["name"])
    assert again == first


def test_an_undo_is_undone(rulebook: Rulebook, edna: User) -> None:
    change = save(get_intent(), edna, phrases=["ciao"])
    undone = undo_change(change_id=change.pk, author=edna)
    assert get_intent().phrases == ["goodbye"]
    undo_change(change_id=undone.pk, author=edna)
    assert get_intent().phrases == ["ciao"]


def test_what_was_changed_since_is_not_undone(rulebook: Rulebook, edna: User, otto: User) -> None:
    change = save(get_intent(), edna, phrases=["ciao"])
    save(get_intent(), otto, phrases=["so long"])
    with pytest.raises(CannotUndo, match="“bye” was changed again later"):
        undo_change(change_id=change.pk, author=edna)
    assert get_intent().phrases == ["so long"]


def test_what_was_undone_is_not_undone_again(rulebook: Rulebook, edna: User) -> None:
    change = save(get_intent(), edna, phrases=["ciao"])
    undo_change(change_id=change.pk, author=edna)
    with pytest.raises(CannotUndo, match="undone already"):
        undo_change(change_id=change.pk, author=edna)


def test_a_deleted_piece_whose_name_is_taken_stays_away(rulebook: Rulebook, edna: User) -> None:
    bye = get_intent()
    change = delete_piece(row=bye, version=bye.version, author=edna)
    save_piece(row=Intent(rulebook=rulebook, name="bye", phrases=["x"]), version=0, author=edna)
    with pytest.raises(CannotUndo, match="another intent"):
        undo_change(change_id=change.pk, author=edna)


def test_an_import_keeps_what_it_does_not_change_and_tells_editors_of_the_rest(
    rulebook: Rulebook, edna: User, otto: User
) -> None:
    bye, gift = get_intent(), get_intent("gift")
    document = build_document(rulebook)
    document["intents"]["bye"] = {"phrases": ["so long"]}
    replace_draft(rulebook=rulebook, document=document, author=edna)
    save(gift, otto, phrases=["a present"])
    with pytest.raises(Stale, match="Edna"):
        save(bye, otto, phrases=["ciao"])


def test_an_import_of_what_somebody_changed_meanwhile_is_refused(
    rulebook: Rulebook, edna: User, otto: User
) -> None:
    rulebook.refresh_from_db()
    seen, document = rulebook.version, build_document(rulebook)
    save(get_intent(), edna, phrases=["ciao"])
    with pytest.raises(Stale, match="Edna"):
        replace_draft(rulebook=rulebook, document=document, author=otto, version=seen)
    assert get_intent().phrases == ["ciao"]


def test_importing_the_same_file_is_no_change(rulebook: Rulebook, edna: User) -> None:
    document = build_document(rulebook)
    assert replace_draft(rulebook=rulebook, document=document, author=edna) is None
