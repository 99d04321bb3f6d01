"""Four eyes: nobody publishes alone what the rulebook says two must see."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from rules.draft import CannotUndo, find_changes, save_setting, undo_change
from rules.models import Rulebook
from rules.releases import (
    CannotApprove,
    NotApproved,
    approve,
    ask_for_review,
    find_review,
    pause,
    publish,
    rollback,
)
from tests.rules.releases.test_publishing import change_farewell


@pytest.fixture
def careful(rulebook: Rulebook, edna: User) -> Rulebook:
    """Four eyes are wanted, and Edna has changed something."""
    save_setting(rulebook=rulebook, name="four_eyes", value=True, before=False, author=None)
    change_farewell(rulebook, edna)
    rulebook.refresh_from_db()
    return rulebook


def test_what_two_have_seen_is_published_with_both_names(
    careful: Rulebook, edna: User, otto: User
) -> None:
    review = ask_for_review(rulebook=careful, author=edna, message="Warmer words")
    with pytest.raises(NotApproved, match="nobody has approved it yet"):
        publish(rulebook=careful, author=edna, message="x", accepted=None)
    approve(review=review, approver=otto)
    release = publish(rulebook=careful, author=edna, message="x", accepted=None)
    assert (release.author, release.approved_by) == (edna, otto)


def test_without_a_review_nothing_is_published(careful: Rulebook, otto: User) -> None:
    with pytest.raises(NotApproved, match="Ask for a review"):
        publish(rulebook=careful, author=otto, message="x", accepted=None)


def test_a_superuser_does_not_approve_what_she_changed_or_asked_for(
    careful: Rulebook, edna: User, otto: User
) -> None:
    review = ask_for_review(rulebook=careful, author=otto, message="x")
    assert edna.is_superuser
    with pytest.raises(CannotApprove, match="changed this draft last"):
        approve(review=review, approver=edna)
    with pytest.raises(CannotApprove, match="asked for this review"):
        approve(review=review, approver=otto)
    with pytest.raises(NotApproved):
        publish(rulebook=careful, author=edna, message="x", accepted=None)


def test_who_may_not_publish_cannot_approve(careful: Rulebook, edna: User) -> None:
    review = ask_for_review(rulebook=careful, author=edna, message="x")
    with pytest.raises(CannotApprove, match="may not publish"):
        approve(review=review, approver=User.objects.create_user("ulla"))


def test_any_change_voids_the_review_even_one_that_is_taken_back(
    careful: Rulebook, edna: User, otto: User
) -> None:
    review = ask_for_review(rulebook=careful, author=edna, message="x")
    approve(review=review, approver=otto)
    change_farewell(careful, edna, reply="Get lost!")
    careful.refresh_from_db()
    assert find_review(rulebook=careful) is None
    undo_change(change_id=find_changes(rulebook=careful)[0].pk, author=edna)
    with pytest.raises(NotApproved):
        publish(rulebook=careful, author=edna, message="x", accepted=None)
    with pytest.raises(CannotApprove, match="has changed since"):
        approve(review=review, approver=otto)


def test_a_change_while_the_approved_draft_is_checked_stops_it(
    careful: Rulebook, edna: User, otto: User
) -> None:
    review = ask_for_review(rulebook=careful, author=edna, message="x")
    change_farewell(careful, edna, reply="Get lost!")
    with pytest.raises(CannotApprove, match="has changed since"):
        approve(review=review, approver=otto)


def test_asking_twice_is_asking_once(careful: Rulebook, edna: User, otto: User) -> None:
    first = ask_for_review(rulebook=careful, author=edna, message="x")
    assert ask_for_review(rulebook=careful, author=otto, message="y") == first


def test_going_back_and_stopping_need_nobody_else(careful: Rulebook, edna: User) -> None:
    rollback(rulebook=careful, number=1, author=edna)
    pause(rulebook=careful, kind="bot", author=edna)


def test_switching_four_eyes_off_is_no_undo(careful: Rulebook, edna: User) -> None:
    switched = find_changes(rulebook=careful).get(section="four_eyes")
    with pytest.raises(CannotUndo, match="own page"):
        undo_change(change_id=switched.pk, author=edna)
