"""Makes articles of an import's pages: new ones, changed ones, and those that are gone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from llm_bridge.knowledge.importing.pages import (
    FIELDS,
    Harvest,
    Page,
    Problem,
    build_digest,
    build_slug,
    describe,
)
from llm_bridge.knowledge.tables import Article, KnowledgeBase


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What to do with the pages; `origin` says which articles came by the same import before."""

    base: KnowledgeBase
    origin: str
    language: str = "en"
    category: str = ""
    prune: bool = False
    overwrite: bool = False
    dry_run: bool = False


@dataclass(slots=True)
class Report:
    """What became of each page, by its place; the lists are complete."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    disabled: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)


def record_pages(*, harvest: Harvest, order: Order, now: datetime) -> Report:
    """Each page in a commit of its own, so that a long import holds nobody up; the same pages
    again change nothing."""
    report = Report(problems=list(harvest.problems), notes=list(harvest.notes))
    known = {row.origin_key: row for row in _find_known(order)}
    taken = set(Article.objects.filter(base=order.base).values_list("slug", flat=True))
    for page in harvest.pages:
        try:
            with transaction.atomic():
                _record(page, known.get(page.key), taken, order, report)
        except ValidationError as error:
            report.problems.append(Problem(page.file, page.line, describe(error)))
        except IntegrityError:
            text = "Somebody changed articles at the same moment. Import it again."
            report.problems.append(Problem(page.file, page.line, text))
    if order.prune:
        _prune(harvest, known.values(), order, report, now)
    return report


def _find_known(order: Order) -> Iterable[Article]:
    return Article.objects.filter(base=order.base, origin=order.origin).exclude(origin_key="")


def _record(
    page: Page, article: Article | None, taken: set[str], order: Order, report: Report
) -> None:
    fields = {name: getattr(page, name) for name in FIELDS}
    fields["language"] = page.language or order.language
    fields["category"] = page.category or order.category
    digest = build_digest(fields)
    if article is None:
        slug = page.slug or build_slug(text=page.title, key=page.key, taken=taken)
        article = Article(
            base=order.base, origin=order.origin, origin_key=page.key, slug=slug, **fields
        )
        _save(article, digest, order)
        taken.add(slug)
        report.added.append(page.key)
    elif _is_same(article, page, digest):
        report.unchanged.append(page.key)
    elif _is_edited(article) and not order.overwrite and article.imported_digest != digest:
        text = (
            "The file changed, and so did its article, here. Bring both together by hand, "
            "or import with “overwrite” to lose what was changed here."
        )
        report.problems.append(Problem(page.file, page.line, text))
    else:
        if article.imported_digest != digest or order.overwrite:
            for name, value in fields.items():
                setattr(article, name, value)
        article.slug = page.slug or article.slug
        article.enabled, article.vanished_at = article.enabled or _is_back(article), None
        _save(article, digest, order)
        report.changed.append(page.key)


def _is_same(article: Article, page: Page, digest: str) -> bool:
    """Nothing changed in the file since; what somebody edited here meanwhile stays."""
    same_slug = page.slug in {"", article.slug}
    return article.imported_digest == digest and same_slug and not _is_back(article)


def _is_back(article: Article) -> bool:
    """Disabled only because its page was gone."""
    return article.vanished_at is not None and not article.enabled


def _is_edited(article: Article) -> bool:
    now = {name: getattr(article, name) for name in FIELDS}
    return build_digest(now) != article.imported_digest


def _save(article: Article, digest: str, order: Order) -> None:
    article.imported_digest = digest
    article.full_clean()
    if not order.dry_run:
        article.save()


def _prune(
    harvest: Harvest, known: Iterable[Article], order: Order, report: Report, now: datetime
) -> None:
    """Disables articles whose page is gone; what could not be read is not gone."""
    if not harvest.pages:
        text = "No page could be read, so nothing was disabled."
        report.notes.append(Problem(order.origin, 0, text))
        return
    here = {page.key for page in harvest.pages}
    unread = tuple({each.file for each in harvest.problems})
    for article in known:
        file = article.origin_key.split("#", 1)[0]
        if article.enabled and article.origin_key not in here and file not in unread:
            if not order.dry_run:
                Article.objects.filter(pk=article.pk).update(enabled=False, vanished_at=now)
            report.disabled.append(article.origin_key)
