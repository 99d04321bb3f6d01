"""The console's pages of the draft's pieces: their lists and their forms."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.forms.widgets import Media, Script
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import QueryDict
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin
from unfold.decorators import display

from rules.console.comparison import build_comparison
from rules.console.draft_warnings import find_warnings
from rules.console.form_fields import TextAreaField
from rules.console.history import find_undo_tag, offer_undo
from rules.console.live_check import check_live
from rules.console.piece_form import PieceForm
from rules.console.usage import count_users, find_users
from rules.console.vocabulary import build_vocabulary
from rules.draft import DraftError, build_document, delete_piece, find_section, save_piece
from rules.models import DraftPart, Rulebook

MOST_WARNINGS = 5

_FINE = mark_safe(
    "<span class='editor-fine'><span class='material-symbols-outlined' aria-hidden='true'>check"
    "</span><span class='desk-hidden'>Nothing is wrong</span></span>"
)


class PieceAdmin(ModelAdmin):  # type: ignore[misc]  # django-unfold is untyped
    """What all kinds of pieces have in common: one form, checked in the whole draft."""

    list_fullwidth = True
    list_filter: tuple[str, ...] = ("rulebook",)
    list_select_related = ("rulebook",)
    search_fields = ("name",)
    warn_unsaved_form = True
    change_form_template = "rules/editor/form.html"
    change_list_template = "rules/editor/list.html"
    change_form_before_template = "rules/editor/before.html"
    change_form_outer_before_template = "rules/piece_tools.html"
    delete_confirmation_template = "rules/editor/delete.html"
    delete_selected_confirmation_template = "rules/editor/delete.html"
    teaching: dict[str, str] = {}  # what an empty list says

    @property
    def media(self) -> Media:
        editor = Script("console/editor/editor.js", type="module")
        own = Media(css={"all": ["console/editor/editor.css"]}, js=[editor])  # type: ignore[list-item]
        return super().media + own  # type: ignore[no-any-return]

    def get_custom_urls(self) -> tuple[tuple[str, str, Any], ...]:
        name = f"rules_{self.opts.model_name}"
        return (
            ("check/", f"{name}_check", self.show_check),
            ("vocabulary/", f"{name}_vocabulary", self.show_vocabulary),
        )

    @display(description="check")
    def checked(self, row: DraftPart) -> str:
        """What is wrong with a piece, the first thing in full."""
        place = f"{find_section(row)}.{row.name}"  # type: ignore[arg-type]
        sentences = find_warnings(row.rulebook).get(place, ())
        if not sentences:
            return _FINE
        more = f" (and {len(sentences) - 1} more)" if len(sentences) > 1 else ""
        return format_html("<span class='editor-cell editor-bad'>{}{}</span>", sentences[0], more)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A new piece goes to the end; where there is one rulebook, nobody has to choose it.

        Any field can stand in the address, in its written form: a suggestion opens a form so.
        """
        books = list(Rulebook.objects.values_list("pk", flat=True)[:2])
        initial = {"rulebook": books[0]} if len(books) == 1 else {}
        last = self.model.objects.order_by("-position").values_list("position", flat=True).first()
        position = 0 if last is None else last + 1
        given = super().get_changeform_initial_data(request)
        return {**initial, "position": position, **_read_given(self.form, given)}

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """What somebody else deleted meanwhile can still be sent, and is not lost then."""
        is_sent = request.method == "POST" and object_id is not None
        if is_sent and self.get_object(request, str(object_id)) is None:
            object_id = None
        try:
            answer = super().changeform_view(request, object_id, form_url, extra_context)
        except DraftError:  # somebody was faster by a blink: the form shows what they wrote
            answer = super().changeform_view(request, object_id, form_url, extra_context)
        return answer  # type: ignore[no-any-return]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        form = context["adminform"].form
        book = form.instance.rulebook_id or form.initial.get("rulebook")
        rulebook = Rulebook.objects.filter(pk=book).first() or Rulebook.objects.first()
        context |= {
            "vocabulary": build_vocabulary(build_document(rulebook)) if rulebook else {},
            "comparison": build_comparison(form.conflict) if form.conflict else None,
        }
        return super().render_change_form(request, context, *args, **kwargs)  # type: ignore[no-any-return]

    def save_model(
        self, request: HttpRequest, obj: DraftPart, form: PieceForm, change: bool
    ) -> None:
        version = form.cleaned_data.get("version") or 0
        done = save_piece(row=obj, version=version, author=request.user)  # type: ignore[arg-type]
        offer_undo(request, done)
        for problem in form.elsewhere[:MOST_WARNINGS]:
            messages.warning(request, f"Saved, but the draft has a problem elsewhere: {problem}.")

    def delete_model(self, request: HttpRequest, obj: DraftPart) -> None:
        done = delete_piece(row=obj, version=obj.version, author=request.user)  # type: ignore[arg-type]
        offer_undo(request, done)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for row in queryset:
            self.delete_model(request, row)
        offer_undo(request, None)  # one button cannot bring several back

    def message_user(
        self,
        request: HttpRequest,
        message: Any,
        level: Any = messages.INFO,
        extra_tags: str = "",
        fail_silently: bool = False,
    ) -> None:
        """What was saved can be undone from its message."""
        super().message_user(
            request, message, level, f"{extra_tags} {find_undo_tag(request)}".strip(), fail_silently
        )

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[Any]]:
        """What others use stays: `protected` names them, and the page refuses."""
        rows = list(objs)
        doomed = {row.name for row in rows}
        protected = [
            {"row": row, "users": users, "count": count_users(users)}
            for row in rows
            if (users := [user for user in find_users(row) if user.name not in doomed])
        ]
        count = {str(self.opts.verbose_name_plural): len(rows)}
        return [str(row) for row in rows], count, set(), protected

    @method_decorator(require_POST)
    def show_check(self, request: HttpRequest, **_: Any) -> HttpResponse:
        """What the form comes to as it stands, for the page that is being typed on."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        form = self._build_live_form(request.POST)
        sample = request.POST.get("_sample", "")
        return JsonResponse(asdict(check_live(form, sample=sample)))

    def show_vocabulary(self, request: HttpRequest, **_: Any) -> HttpResponse:
        """The menus' words of another rulebook."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        book = request.GET.get("rulebook", "")
        rulebook = Rulebook.objects.filter(pk=int(book) if book.isdecimal() else 0).first()
        return JsonResponse(build_vocabulary(build_document(rulebook)) if rulebook else {})

    def _build_live_form(self, data: QueryDict) -> PieceForm:
        opened = data.get("opened", "")
        row = self.model.objects.filter(pk=int(opened) if opened.isdecimal() else 0).first()
        form: PieceForm = self.form(data, instance=row)
        form.is_live = True
        return form


def _read_given(form: type[PieceForm], given: dict[str, Any]) -> dict[str, Any]:
    """What stands in the address, as the form would have written it; what it cannot read stays as
    it is, to be mended where it is seen."""
    for name, field in form.base_fields.items():
        if isinstance(field, TextAreaField) and name in given:
            with suppress(ValidationError):
                given[name] = field.to_python(given[name])
    return given
