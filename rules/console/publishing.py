"""From the draft to the live release: what changes, what stands in the way, and the button."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import orjson
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from rules.console.books import build_page, get_book
from rules.console.differences import Difference, build_diff_lines, build_differences
from rules.console.effects import MOST_LOGGED
from rules.console.logged import find_logged
from rules.draft import build_document
from rules.findings.finding import Finding
from rules.models import Release, Rulebook
from rules.releases import (
    CannotApprove,
    NotAccepted,
    Overtaken,
    PublishRefused,
    approve,
    ask_for_review,
    build_changes,
    check_draft,
    find_review,
    get_document,
    get_served,
    publish,
)

MOST_MESSAGE = 500  # characters
LEVELS = {
    "ERROR": ("Must be corrected", "block"),
    "WARNING": ("Read these and tick them", "warning"),
    "INFO": ("Good to know", "info"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A finding with its links: the rules to edit, the message to try."""

    finding: Finding
    rules: tuple[tuple[str, str], ...]
    try_url: str = ""
    is_ticked: bool = False


@require_GET
def show_changes(request: HttpRequest) -> HttpResponse:
    return _render_changes(request, get_book(request))


def _render_changes(
    request: HttpRequest, book: Rulebook, *, status: int = 200, **more: Any
) -> HttpResponse:
    draft = build_document(book)
    live = book.live.content if book.live else {}
    changes = build_changes(before=live, after=draft)
    newest = book.releases.order_by("-number").first()
    context = build_page(
        request,
        "Changes",
        book,
        is_empty=len(draft) == 1,
        differences=build_differences(book, changes),
        is_changed=bool(changes) or book.live is None,
        diff=build_diff_lines(live, draft) if changes and book.live else [],
        review=find_review(rulebook=book, document=draft),
        next_number=newest.number + 1 if newest else 1,
    )
    return render(request, "rules/changes.html", {**context, **more}, status=status)


@require_GET
def show_findings(request: HttpRequest) -> HttpResponse:
    """What is worth saying about the draft; takes a while, so the page asks for it apart."""
    book = get_book(request)
    logged = [each.situation.text for each in find_logged(book, MOST_LOGGED)]
    findings = check_draft(book, logged=logged)
    ticked = set(request.GET.getlist("accepted"))
    groups = list(_group(book, findings, ticked))
    errors = sum(1 for finding in findings if finding.level == "ERROR")
    context = {"book": book, "groups": groups, "errors": errors, "findings": findings}
    return render(request, "rules/findings.html", context)


def _group(
    book: Rulebook, findings: Iterable[Finding], ticked: set[str]
) -> Iterable[tuple[str, str, str, list[Shown]]]:
    ids = dict(book.rule_set.values_list("name", "pk"))
    shown = [_show(finding, ids, ticked, book) for finding in findings]
    for level, (title, kind) in LEVELS.items():
        if listed := [each for each in shown if each.finding.level == level]:
            yield level, title, kind, listed


def _show(finding: Finding, ids: dict[str, int], ticked: set[str], book: Rulebook) -> Shown:
    rules = tuple((name, _find_rule_url(ids.get(name))) for name in finding.rules)
    return Shown(
        finding=finding,
        rules=rules,
        try_url=_build_try_url(finding, book),
        is_ticked=finding.id in ticked,
    )


def _find_rule_url(pk: int | None) -> str:
    return reverse("admin:rules_rule_change", args=[pk]) if pk else ""


def _build_try_url(finding: Finding, book: Rulebook) -> str:
    if (witness := finding.witness) is None:
        return ""
    fields = {"rulebook": book.pk, "text": witness.text}
    if witness.facts:
        fields["facts"] = orjson.dumps(dict(witness.facts)).decode()
    if witness.before:
        fields["before"] = witness.before
    return f"{reverse('rulebook:try')}?{urlencode(fields)}"


@require_POST
def send_publish(request: HttpRequest) -> HttpResponse:
    """Publishes the draft that the sender looked at; any other is refused and shown anew."""
    book = get_book(request)
    message = request.POST.get("message", "").strip()[:MOST_MESSAGE]
    accepted = request.POST.getlist("accepted")
    kept = {"message": message, "accepted": accepted}
    if not message:
        return _render_changes(request, book, status=422, is_message_missing=True, **kept)
    try:
        _check_seen(request, book)
        release = publish(rulebook=book, author=request.user, message=message, accepted=accepted)
    except PublishRefused as refused:
        status = 409 if isinstance(refused, Overtaken) else 422
        return _render_changes(
            request, get_book(request), status=status, refused=_say_refused(refused), **kept
        )
    return redirect(f"{reverse('admin:rules_release_changelist')}?published={release.number}")


def _say_refused(refused: PublishRefused) -> str:
    """One sentence: what exactly stands at the findings below."""
    if isinstance(refused, NotAccepted):
        count = len(refused.findings)
        return f"Not published: read and tick {count} warning{'s' if count != 1 else ''} first."
    if refused.findings:
        return "Not published: the draft has to be corrected first. What is live stays live."
    return f"Not published: {refused}"


def _check_seen(request: HttpRequest, book: Rulebook) -> None:
    """Nobody publishes what he has not looked at."""
    if request.POST.get("version") != str(book.version):
        raise Overtaken("Somebody changed the draft after you opened this page. Look again.")
    if request.POST.get("live", "") != str(book.live_id or ""):
        raise Overtaken("Another release went live after you opened this page. Look again.")


@require_POST
def send_review(request: HttpRequest) -> HttpResponse:
    book = get_book(request)
    message = request.POST.get("message", "").strip()[:MOST_MESSAGE]
    if not message:
        return _render_changes(request, book, status=422, is_message_missing=True)
    try:
        _check_seen(request, book)
    except Overtaken as overtaken:
        return _render_changes(request, book, status=409, refused=str(overtaken), message=message)
    ask_for_review(rulebook=book, author=request.user, message=message)
    messages.success(request, "Asked. Another person with the right to publish can approve it now.")
    return redirect("rulebook:changes")


@require_POST
def send_approval(request: HttpRequest) -> HttpResponse:
    book = get_book(request)
    review = book.reviews.filter(pk=int(request.POST.get("review", 0))).first()
    try:
        if review is None:
            raise CannotApprove("This review is not asked for any more.")
        approve(review=review, approver=request.user)
    except CannotApprove as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "Approved. It can be published as long as nobody changes it.")
    return redirect("rulebook:changes")


@require_GET
def show_served(request: HttpRequest) -> JsonResponse:
    """What this web process answers with, for the page that waits for it."""
    book = get_book(request)
    served = get_served(rulebook_id=book.pk)
    number = served.live.number if served.live else None
    wanted = book.live.number if book.live else None
    return JsonResponse(
        {"serves": number, "is_ready": number == wanted, "problem": bool(served.problem)}
    )


@require_GET
def show_comparison(request: HttpRequest) -> HttpResponse:
    """Any two versions of the rulebook: a release's number, or `draft`."""
    book = get_book(request)
    numbers = list(book.releases.order_by("-number").values_list("number", "message"))
    live = str(book.live.number) if book.live else "draft"
    a, b = request.GET.get("a", live), request.GET.get("b", "draft")
    context = {"a": a, "b": b, "choices": [(str(number), text) for number, text in numbers]}
    try:
        old, new = (get_document(rulebook=book, which=which) for which in (a, b))
    except Release.DoesNotExist as error:
        page = build_page(request, "Compare", book, problem=str(error), **context)
        return render(request, "rules/compare.html", page, status=404)
    changes = build_changes(before=old, after=new)
    differences: list[Difference] = build_differences(book, changes)
    page = build_page(
        request,
        "Compare",
        book,
        differences=differences,
        diff=build_diff_lines(old, new),
        **context,
    )
    return render(request, "rules/compare.html", page)
