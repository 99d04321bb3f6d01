"""Releases: publishing the draft, rolling back, and what of it is live in this process."""

from __future__ import annotations

import difflib
import hashlib
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson
from django.conf import settings
from django.db import transaction
from django.db.models import Max

from rules.check import Finding, find_failures
from rules.draft import Document, build_document
from rules.evaluator import Evaluator, build_evaluator, build_evaluators
from rules.models import Release, Rulebook
from rules.rulebook.parsing import RulebookError, parse_rulebook
from rules.rulebook.yaml_file import write_rulebook

POINTER_AGE = 1.0  # seconds until the live pointer is read again
KEPT = 8  # compiled releases a process keeps

logger = logging.getLogger(__name__)


class PublishRefused(Exception):
    """The draft has ERROR findings; the live release stays as it is."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__("; ".join(finding.message for finding in findings))
        self.findings = findings


@dataclass(frozen=True, slots=True)
class Live:
    """One release compiled in this process; its id travels with every decision."""

    release_id: int
    number: int
    evaluator: Evaluator


def check_draft(rulebook: Rulebook) -> tuple[Finding, ...]:
    """Everything that keeps the draft from being published, in plain sentences."""
    return check_document(build_document(rulebook))


def check_document(document: Document) -> tuple[Finding, ...]:
    """Every example in both evaluators: a published rule always fires."""
    try:
        parsed = parse_rulebook(document)
    except RulebookError as error:
        return tuple(
            Finding(level="ERROR", code="invalid", where=problem.path, message=str(problem))
            for problem in error.problems
        )
    evaluators = build_evaluators(parsed)
    try:
        return find_failures(parsed, evaluators)
    finally:
        for evaluator in evaluators:
            evaluator.close()


@transaction.atomic
def publish(*, rulebook: Rulebook, author: Any, message: str) -> Release:
    """Makes the draft the live release; raises PublishRefused and changes nothing then."""
    locked = Rulebook.objects.select_for_update().get(pk=rulebook.pk)
    document = build_document(locked)
    errors = tuple(item for item in check_document(document) if item.level == "ERROR")
    if errors:
        raise PublishRefused(errors)
    newest = locked.releases.aggregate(Max("number"))["number__max"] or 0
    release = Release.objects.create(
        rulebook=locked,
        number=newest + 1,
        content=document,
        content_hash=build_hash(document),
        message=message,
        author=author,
    )
    Rulebook.objects.filter(pk=locked.pk).update(live=release)
    return release


def rollback(*, rulebook: Rulebook, number: int, author: Any = None) -> Release:
    """Makes an earlier release live again, untouched; raises Release.DoesNotExist."""
    release = Release.objects.get(rulebook=rulebook, number=number)
    Rulebook.objects.filter(pk=rulebook.pk).update(live=release)
    logger.info(
        "release made live again",
        extra={"rulebook": rulebook.pk, "release": number, "author": getattr(author, "pk", 0)},
    )
    return release


def build_diff(*, rulebook: Rulebook, a: str, b: str) -> list[str]:
    """Two versions (a number, or `draft`) as a unified diff of their files.

    Raises Release.DoesNotExist, naming the one that is missing.
    """
    left, right = (
        write_rulebook(_get_document(rulebook, which)).splitlines(keepends=True) for which in (a, b)
    )
    return list(difflib.unified_diff(left, right, _name(a), _name(b)))


def _name(which: str) -> str:
    return which if which == "draft" else f"release {which}"


def _get_document(rulebook: Rulebook, which: str) -> Document:
    if which == "draft":
        return build_document(rulebook)
    release = rulebook.releases.filter(number=int(which) if which.isdecimal() else 0).first()
    if release is None:
        raise Release.DoesNotExist(f"There is no release {which}.")
    document: Document = release.content
    return document


def build_hash(document: Document) -> str:
    """SHA-256 over the canonical JSON of a release's content."""
    return hashlib.sha256(orjson.dumps(document, option=orjson.OPT_SORT_KEYS)).hexdigest()


class Cache:
    """The compiled releases of this process; the database's pointer is re-read every second."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._pointers: dict[int, tuple[float, int | None]] = {}
        self._compiled: dict[int, Live] = {}
        self._lock = threading.Lock()

    def find_live(self, *, rulebook_id: int) -> Live | None:
        read_at, release_id = self._pointers.get(rulebook_id, (0.0, None))
        if rulebook_id not in self._pointers or self._clock() - read_at > POINTER_AGE:
            release_id = Rulebook.objects.values_list("live_id", flat=True).get(pk=rulebook_id)
            self._pointers[rulebook_id] = (self._clock(), release_id)
        return self.get_release(release_id=release_id) if release_id else None

    def get_release(self, *, release_id: int) -> Live:
        """The release, compiled beside whatever is live; raises Release.DoesNotExist."""
        if found := self._compiled.get(release_id):
            return found
        with self._lock:
            if found := self._compiled.get(release_id):
                return found
            live = self._compile(Release.objects.get(pk=release_id))
            self._compiled[release_id] = live
            self._forget_oldest()
            return live

    def forget(self) -> None:
        """Everything is read again: after a publish in this process, and between tests."""
        self._pointers.clear()
        with self._lock:
            self._compiled.clear()

    def _compile(self, release: Release) -> Live:
        parsed = parse_rulebook(release.content)
        evaluator = build_evaluator(parsed, engine=settings.ENVIRONMENT.rules_engine)
        return Live(release_id=release.pk, number=release.number, evaluator=evaluator)

    def _forget_oldest(self) -> None:
        # Not closed here: a decision may still hold it; the evaluator frees itself when unused.
        while len(self._compiled) > KEPT:
            self._compiled.pop(next(iter(self._compiled)))


_cache = Cache()
find_live = _cache.find_live
get_release = _cache.get_release
forget = _cache.forget
