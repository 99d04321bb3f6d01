"""Making the draft live: what keeps it from that, the release it becomes, and the way back."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from rules.draft import Document, build_document
from rules.evaluator import build_evaluators
from rules.findings.finding import Finding
from rules.findings.search import find_findings
from rules.models import Activation, Release, Review, Rulebook
from rules.releases.approvals import build_hash, find_review
from rules.releases.live import find_live, tell_everybody
from rules.rulebook import parts
from rules.rulebook.parsing import RulebookError, parse_rulebook

logger = logging.getLogger(__name__)


class PublishRefused(Exception):
    """The live release stays as it is; `findings` are what stands in the way, if any do."""

    def __init__(self, message: str, findings: tuple[Finding, ...] = ()) -> None:
        super().__init__(message)
        self.findings = findings


class HasErrors(PublishRefused):
    """ERROR findings: the draft has to change."""


class NotAccepted(PublishRefused):
    """WARNING findings that nobody has ticked."""


class NotApproved(PublishRefused):
    """A second person has to approve exactly this draft first."""


class Overtaken(PublishRefused):
    """While this draft was being checked, somebody changed or published it."""


def check_draft(
    rulebook: Rulebook, *, logged: Iterable[str] = (), hints: bool = True
) -> tuple[Finding, ...]:
    """Everything worth saying before the draft is published, in plain sentences; `logged` is what
    visitors wrote lately. Without `hints` only what can hold publishing up."""
    document = build_document(rulebook)
    return check_document(document, live=_find_live(rulebook), logged=logged, hints=hints)


def check_document(
    document: Document,
    *,
    live: parts.Rulebook | None = None,
    logged: Iterable[str] = (),
    hints: bool = True,
) -> tuple[Finding, ...]:
    """As check_draft; every example is tried in both evaluators: a published rule always fires."""
    try:
        parsed = parse_rulebook(document)
    except RulebookError as error:
        return tuple(
            Finding(level="ERROR", code="invalid", where=problem.path, message=str(problem))
            for problem in error.problems
        )
    evaluators = build_evaluators(parsed)
    try:
        return find_findings(
            rulebook=parsed, evaluators=evaluators, live=live, logged=logged, hints=hints
        )
    finally:
        for evaluator in evaluators:
            evaluator.close()


def publish(
    *, rulebook: Rulebook, author: Any, message: str, accepted: Collection[str] | None = ()
) -> Release:
    """Makes the draft the live release; raises PublishRefused and changes nothing then.

    `accepted` holds the ids of the warnings that somebody has read and ticked; None accepts all.
    Checking takes seconds and holds nobody up; what changed meanwhile is noticed at the end.
    """
    seen = Rulebook.objects.get(pk=rulebook.pk)
    newest = _find_newest(seen)
    document = build_document(seen)
    _check_approved(seen, document)
    _check_findings(check_document(document, live=_find_live(seen), hints=False), accepted)
    with transaction.atomic():
        locked = Rulebook.objects.select_for_update().get(pk=seen.pk)
        _check_unchanged(locked, seen, newest)
        review = _check_approved(locked, document)
        release = Release.objects.create(
            rulebook=locked,
            number=newest + 1,
            content=document,
            content_hash=build_hash(document),
            message=message,
            author=author,
            approved_by=review.approved_by if review else None,
        )
        _activate(locked, release, Activation.How.PUBLISHED, author)
    return release


def rollback(*, rulebook: Rulebook, number: int, author: Any = None) -> Release:
    """Makes an earlier release live again, untouched; raises Release.DoesNotExist."""
    with transaction.atomic():
        locked = Rulebook.objects.select_for_update().get(pk=rulebook.pk)
        release = Release.objects.get(rulebook=locked, number=number)
        if locked.live_id != release.pk:
            _activate(locked, release, Activation.How.ROLLED_BACK, author)
    return release


def withdraw(*, rulebook: Rulebook, author: Any = None) -> None:
    """Nothing is live any more."""
    with transaction.atomic():
        locked = Rulebook.objects.select_for_update().get(pk=rulebook.pk)
        if locked.live_id is not None:
            _activate(locked, None, Activation.How.WITHDRAWN, author)


def _activate(locked: Rulebook, release: Release | None, how: Activation.How, author: Any) -> None:
    """The one place where the pointer moves."""
    Rulebook.objects.filter(pk=locked.pk).update(live=release, updated_at=timezone.now())
    Activation.objects.create(rulebook=locked, release=release, how=how, author=author)
    logger.info(
        "release went live",
        extra={
            "rulebook": locked.pk,
            "release": release.number if release else None,
            "how": str(how),
            "author": getattr(author, "pk", None),
        },
    )
    transaction.on_commit(tell_everybody)


def _find_live(rulebook: Rulebook) -> parts.Rulebook | None:
    """What customers are answered by now, as far as this process has it."""
    live = find_live(rulebook_id=rulebook.pk)
    return live.evaluator.rulebook if live else None


def _find_newest(rulebook: Rulebook) -> int:
    number: int | None = rulebook.releases.aggregate(Max("number"))["number__max"]
    return number or 0


def _check_findings(findings: tuple[Finding, ...], accepted: Collection[str] | None) -> None:
    if errors := tuple(finding for finding in findings if finding.level == "ERROR"):
        raise HasErrors("; ".join(finding.message for finding in errors), errors)
    if accepted is None:
        return
    warnings = tuple(item for item in findings if item.level == "WARNING")
    if missing := tuple(item for item in warnings if item.id not in accepted):
        texts = "; ".join(finding.message for finding in missing)
        raise NotAccepted(f"Read and accept these warnings first: {texts}", missing)


def _check_approved(rulebook: Rulebook, document: Document) -> Review | None:
    review = find_review(rulebook=rulebook, document=document)
    if not rulebook.four_eyes or (review and review.approved_at):
        return review
    what = "A review was asked for; nobody has approved it yet." if review else "Ask for a review."
    raise NotApproved(f"A second person has to approve exactly this draft first. {what}")


def _check_unchanged(locked: Rulebook, seen: Rulebook, newest: int) -> None:
    if locked.version != seen.version:
        raise Overtaken("Somebody changed the draft while it was being checked: look again.")
    if _find_newest(locked) != newest:
        release = locked.releases.select_related("author").order_by("-number")[0]
        who = release.author.get_username() if release.author else "Somebody"
        raise Overtaken(f"{who} has just published release {release.number}: look again.")
