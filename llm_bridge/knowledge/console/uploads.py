"""The page that imports articles from uploaded files: look first, then do it."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from llm_bridge.knowledge.importing import Order, Report, import_uploads
from llm_bridge.knowledge.tables import Article, KnowledgeBase

MAX_FILES = 200
MAX_BYTES = 5_000_000
SHOWN = 200


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once, together no larger than a request may be."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        files = data if isinstance(data, list | tuple) else [data]
        cleaned = [super(FilesField, self).clean(each, initial) for each in files]
        if len(cleaned) > MAX_FILES:
            raise forms.ValidationError(f"At most {MAX_FILES} files at once: pack them into a ZIP.")
        if sum(each.size for each in cleaned) > MAX_BYTES:
            raise forms.ValidationError(
                f"Together they are larger than {MAX_BYTES // 1_000_000} MB. "
                "The command `manage.py knowledge import` takes more."
            )
        return cleaned


class ImportForm(forms.Form):
    uploads = FilesField(
        label="Files",
        widget=FilesInput(attrs={"accept": ".md,.markdown,.html,.htm,.csv,.zip"}),
        help_text="Markdown, HTML, CSV, or a ZIP archive of them, with its sitemap.xml if you have "
        "one. Together 5 MB.",
    )
    base = forms.ModelChoiceField(
        KnowledgeBase.objects.all(), label="Knowledge base", empty_label=None
    )
    origin = forms.CharField(
        label="Name of this import",
        max_length=120,
        initial="Upload",
        help_text="Files of the same name in an import of the same name are the same article.",
    )
    language = forms.CharField(
        max_length=16, initial="en", help_text="Of pages that do not say: en, de, pt-BR …"
    )
    category = forms.CharField(max_length=80, required=False, help_text="Of pages that do not say.")
    prune = forms.BooleanField(
        label="Switch off articles of this import whose file is not among these", required=False
    )
    overwrite = forms.BooleanField(
        label="Overwrite what was changed here in the meantime", required=False
    )


def show_import(request: HttpRequest) -> HttpResponse:
    """The form; with files also what they would change, or did."""
    if not request.user.has_perms(["llm_bridge.add_article", "llm_bridge.change_article"]):
        raise PermissionDenied
    form, report, is_done = ImportForm(), None, False
    if request.method == "POST":
        form = ImportForm(request.POST, request.FILES)
        if form.is_valid():
            is_done = "import" in request.POST
            report = _import(form.cleaned_data, dry_run=not is_done)
            if is_done:
                _log(request, report)
    context = {
        **admin.site.each_context(request),
        "title": "Import articles",
        "form": form,
        "report": report,
        "is_done": is_done,
        "groups": _build_groups(report, is_done=is_done) if report else [],
    }
    return render(request, "knowledge/import.html", context, status=422 if form.errors else 200)


def _import(told: dict[str, Any], *, dry_run: bool) -> Report:
    files = [(each.name, each.read()) for each in told["uploads"]]
    names = ("base", "origin", "language", "category", "prune", "overwrite")
    order = Order(**{name: told[name] for name in names}, dry_run=dry_run)
    return import_uploads(files=files, order=order, now=timezone.now())


def _build_groups(report: Report, *, is_done: bool) -> list[dict[str, Any]]:
    will = "" if is_done else "will be "
    named = (
        (f"{will}added", report.added),
        (f"{will}changed", report.changed),
        (f"{will}switched off", report.disabled),
        ("unchanged", report.unchanged),
    )
    return [
        {"verb": verb, "count": len(keys), "keys": keys[:SHOWN], "more": max(0, len(keys) - SHOWN)}
        for verb, keys in named
    ]


def _log(request: HttpRequest, report: Report) -> None:
    """One line in the console's own history; which articles changed stands with them."""
    user: Any = request.user
    counts = f"{len(report.added)} added, {len(report.changed)} changed"
    LogEntry.objects.create(
        user_id=cast("int", user.pk),
        content_type=ContentType.objects.get_for_model(Article),
        object_repr="Import of articles",
        action_flag=ADDITION,
        change_message=f"{counts}, {len(report.disabled)} switched off.",
    )
