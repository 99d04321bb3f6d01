"""The rulebook as a file: downloads of any version, and an upload checked before it counts."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from rules.console.books import build_page, get_book
from rules.console.differences import build_diff_lines, build_differences
from rules.draft import Document, Stale, build_document, replace_draft
from rules.models import Release, Rulebook
from rules.releases import build_changes, get_document
from rules.rulebook.nodes import Problem, RulebookError
from rules.rulebook.yaml_file import MAX_FILE, read_rulebook, write_rulebook

MOST_CHARACTERS = 160  # of a line that a problem repeats


@require_GET
def show_files(request: HttpRequest) -> HttpResponse:
    return _render_files(request, get_book(request))


def _render_files(
    request: HttpRequest, book: Rulebook, *, status: int = 200, **more: Any
) -> HttpResponse:
    releases = book.releases.select_related("author").order_by("-number")[:50]
    context = build_page(request, "Import and export", book, releases=releases, **more)
    return render(request, "rules/files.html", context, status=status)


@require_GET
def send_file(request: HttpRequest, which: str) -> HttpResponse:
    """A version as its rulebook file: `draft`, or a release's number."""
    book = get_book(request)
    try:
        content = write_rulebook(get_document(rulebook=book, which=which))
    except Release.DoesNotExist as error:
        raise Http404(str(error)) from error
    name = "rulebook-draft.yaml" if which == "draft" else f"rulebook-release-{which}.yaml"
    answer = HttpResponse(content, content_type="application/yaml; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@require_POST
def show_preview(request: HttpRequest) -> HttpResponse:
    """What the file would change, or every line that keeps it out; changes nothing."""
    book = get_book(request)
    return render(request, "rules/preview.html", {"book": book, **_build_preview(request, book)})


def _build_preview(request: HttpRequest, book: Rulebook) -> dict[str, Any]:
    content = _read_upload(request)
    try:
        document, _ = read_rulebook(content)
    except RulebookError as error:
        return {"problems": [_show(problem, content) for problem in error.problems]}
    draft = build_document(book)
    changes = build_changes(before=draft, after=document)
    return {
        "differences": build_differences(book, changes),
        "diff": build_diff_lines(draft, document),
        "counts": {key: len(document.get(key) or ()) for key in ("intents", "entities", "rules")},
    }


def _read_upload(request: HttpRequest) -> bytes:
    """The file; one byte more than is allowed is enough to be refused for it."""
    if (upload := request.FILES.get("file")) is None:
        return b""
    upload.seek(0)  # a refused file is read again, to show where
    content: bytes = upload.read(MAX_FILE + 1)
    return content


def _show(problem: Problem, content: bytes) -> dict[str, Any]:
    """A problem with the line it is on."""
    lines = content.decode("utf-8", "replace").splitlines()
    at = problem.line
    line = lines[at - 1].strip()[:MOST_CHARACTERS] if at and at <= len(lines) else ""
    return {"line": at, "sentence": problem.sentence, "text": line}


@require_POST
def send_import(request: HttpRequest) -> HttpResponse:
    """Makes the file the draft, if the draft still is what its sender saw."""
    book = get_book(request)
    seen = request.POST.get("version", "")
    try:
        document: Document = read_rulebook(_read_upload(request))[0]
        change = replace_draft(
            rulebook=book,
            document=document,
            author=request.user,
            version=int(seen) if seen.isdecimal() else -1,
        )
    except RulebookError:
        return _render_files(request, book, status=422, **_build_preview(request, book))
    except Stale as error:
        refused = f"{error} Nothing was imported: check the file again."
        return _render_files(request, get_book(request), status=409, refused=refused)
    if change is None:
        messages.info(request, "The file says what the draft says: nothing to change.")
    else:
        text = "The draft is now what the file says. Visitors notice nothing until you publish."
        messages.success(request, text, extra_tags=f"undo-{change.pk}")
    return redirect(reverse("rulebook:changes"))
