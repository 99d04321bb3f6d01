"""The form of one piece of the draft, checked inside the whole rulebook before it is saved."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms

from rules.console.form_fields import TextAreaField, build_sentence
from rules.draft import Document, Stale, build_document, build_piece, check_version
from rules.language.facts import is_name
from rules.models import Rulebook
from rules.rulebook.nodes import Path, Problem
from rules.rulebook.parsing import RulebookError, parse_rulebook

NAMING = "A name begins with a letter and has letters, digits, “_” and “-”, 64 at most."
UNVERSIONED = -1  # opened before pieces had versions: no version equals it
LABEL = 60  # characters of a name that a problem's path repeats


class PieceForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """One piece of the draft. What is wrong with it stands at its fields and keeps it from being
    saved; what is wrong elsewhere is in `elsewhere` and does not."""

    section: ClassVar[str]
    names: ClassVar[Mapping[str, str]] = {}  # keys of the file that the form calls otherwise
    elsewhere: tuple[Problem, ...] = ()
    conflict: Stale | None = None
    is_live = False  # while somebody types, `live_check` looks at the draft itself

    # Which piece was opened, and as of which version: somebody else may save or delete it.
    opened = forms.IntegerField(required=False, widget=forms.HiddenInput)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stored_name = self.instance.name
        self.fields["opened"].initial = self.instance.pk
        self.fields["version"].initial = self.instance.version
        if self.instance.pk and "rulebook" in self.fields:
            self.fields["rulebook"].disabled = True  # its names belong to its own rulebook
        elif "rulebook" in self.fields and Rulebook.objects.count() == 1:
            self.fields["rulebook"].widget = forms.HiddenInput()

    def clean_name(self) -> str:
        """Other pieces write the name into texts, so blanks become underscores."""
        name = str(self.cleaned_data["name"])
        if self.section == "rules":
            return name
        name = "_".join(name.split())
        if not is_name(name):
            raise forms.ValidationError(NAMING, code="invalid")
        return name

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for check in (self._check_name, self._check, self._check_version):
            if not self.errors and not self.is_live:
                check(cleaned)
        return cleaned

    def build_row(self, cleaned: Mapping[str, Any]) -> Any:
        """The piece as a row that is not saved."""
        known = {field.name for field in self._meta.model._meta.concrete_fields}
        values = {name: value for name, value in cleaned.items() if name in known - {"version"}}
        return self._meta.model(**values)

    def build_piece(self, cleaned: Mapping[str, Any]) -> Document:
        """The piece in the form of the file."""
        return build_piece(self.build_row(cleaned))

    def build_draft(self, rulebook: Rulebook, cleaned: Mapping[str, Any]) -> Document:
        """The whole draft with this piece in its place."""
        document = build_document(rulebook)
        pieces = document.setdefault(self.section, {})
        pieces.pop(self.stored_name, None)
        pieces[cleaned["name"]] = self.build_piece(cleaned)
        return document

    def build_lines(self, name: str, draft: Document) -> dict[Path, int]:
        """On which line of its field each part of this piece was written."""
        pieces = draft[self.section]
        key = len(pieces) - 1 if isinstance(pieces, list) else name
        return {
            (self.section, key, field, *path): line
            for field, area in self.fields.items()
            if isinstance(area, TextAreaField)
            for path, line in area.lines.items()
        }

    def find_rest(self, problem: Problem, name: str) -> str | None:
        """Where in this piece a problem is (`phrases[2]`); None if it is in another."""
        mine = f"{self.section}.{name[:LABEL]}"
        rest = problem.path.removeprefix(mine)
        if rest == problem.path or rest[:1] not in {"", "."}:
            return None
        return rest[1:]

    def find_field(self, rest: str) -> str | None:
        """The field that shows a place in this piece."""
        parts = re.split(r"[.\[]", rest)
        keys = (".".join(parts[:2]), parts[0])
        field = next((self.names[key] for key in keys if key in self.names), parts[0])
        return field if field in self.fields else None

    def _check_name(self, cleaned: Mapping[str, Any]) -> None:
        model = self._meta.model
        namesakes = model.objects.filter(rulebook=cleaned["rulebook"], name=cleaned["name"])
        if namesakes.exclude(pk=self.instance.pk).exists():
            kind, name = model._meta.verbose_name, cleaned["name"]
            self.add_error("name", f"This rulebook has another {kind} called “{name}”.")

    def _check(self, cleaned: Mapping[str, Any]) -> None:
        draft = self.build_draft(cleaned["rulebook"], cleaned)
        try:
            parse_rulebook(draft, self.build_lines(cleaned["name"], draft))
        except RulebookError as error:
            for problem in error.problems:
                self._sort_in(problem, cleaned["name"])

    def _sort_in(self, problem: Problem, name: str) -> None:
        rest = self.find_rest(problem, name)
        if rest is None:
            self.elsewhere = (*self.elsewhere, problem)
            return
        field = self.find_field(rest)
        is_long = "\n" in str(self.data.get(field or "", "")).strip()
        place = f"Line {problem.line}: " if problem.line and is_long else ""
        self.add_error(field, f"{place}{build_sentence(problem.message)}")

    def _check_version(self, cleaned: Mapping[str, Any]) -> None:
        """Somebody else was faster: both versions are shown, and saving once more is meant."""
        row = self.build_row(cleaned)
        row.pk = cleaned.get("opened")
        version = cleaned.get("version") or 0
        if row.pk and not version and self.instance.version:
            version = UNVERSIONED
        try:
            check_version(row=row, version=version)
        except Stale as stale:
            self.conflict = stale
            self.add_error(None, str(stale))
            version = stale.theirs.version if stale.theirs else 0
            self.data = {**self.data.dict(), "version": version}  # type: ignore[attr-defined]
