"""Four eyes: what one person changed, another has to approve before it can be published."""

from __future__ import annotations

import hashlib
from typing import Any

import orjson
from django.db import transaction
from django.utils import timezone

from rules.draft import Document, build_document
from rules.models import DraftChange, Review, Rulebook

PERMISSION = "rules.publish_release"


class CannotApprove(Exception):
    """This person cannot approve this draft; the text says why."""


def build_hash(document: Document) -> str:
    """SHA-256 over the canonical JSON of a release's content."""
    return hashlib.sha256(orjson.dumps(document, option=orjson.OPT_SORT_KEYS)).hexdigest()


def find_review(*, rulebook: Rulebook, document: Document | None = None) -> Review | None:
    """The request for exactly this draft; any change of the draft voids it.

    `document` is the draft where the caller has read it already.
    """
    review = rulebook.reviews.filter(version=rulebook.version).first()
    if review is None:
        return None
    content_hash = build_hash(document or build_document(rulebook))
    return review if review.content_hash == content_hash else None


@transaction.atomic
def ask_for_review(*, rulebook: Rulebook, author: Any, message: str) -> Review:
    """Asks that somebody else approves the draft as it is now; asking again changes nothing."""
    locked = Rulebook.objects.select_for_update().get(pk=rulebook.pk)
    content_hash = build_hash(build_document(locked))
    review, _ = Review.objects.get_or_create(
        rulebook=locked,
        version=locked.version,
        defaults={"content_hash": content_hash, "message": message, "asked_by": author},
    )
    return review


@transaction.atomic
def approve(*, review: Review, approver: Any) -> Review:
    """Raises CannotApprove for whoever asked or changed the draft last, superusers included."""
    locked = Rulebook.objects.select_for_update().get(pk=review.rulebook_id)
    current = find_review(rulebook=locked)
    if current is None or current.pk != review.pk:
        raise CannotApprove("The draft has changed since this review was asked for: ask again.")
    _check_approver(current, approver)
    Review.objects.filter(pk=current.pk, approved_at=None).update(
        approved_by=approver, approved_at=timezone.now()
    )
    current.refresh_from_db()
    return current


def _check_approver(review: Review, approver: Any) -> None:
    if not approver.has_perm(PERMISSION):
        raise CannotApprove("You may not publish, so you cannot approve.")
    last = DraftChange.objects.filter(rulebook=review.rulebook_id).first()
    if approver.pk == review.asked_by_id:
        raise CannotApprove("You asked for this review: another person has to approve it.")
    if last and approver.pk == last.author_id:
        raise CannotApprove("You changed this draft last: another person has to approve it.")
