"""Forms for the draft's pieces: each is checked inside the whole rulebook before it is saved."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from unfold.widgets import UnfoldAdminSelectWidget

from rules.console.form_fields import (
    LinesField,
    TextAreaField,
    ValuesField,
    YamlField,
    build_sentence,
)
from rules.draft import Document, build_document, build_piece
from rules.language.builtins import BUILTINS
from rules.models import Entity, Intent, Rule, Rulebook
from rules.rulebook.nodes import Path, Problem
from rules.rulebook.parsing import RulebookError, parse_rulebook

LABEL = 60  # characters of a name that a problem's path repeats

WHEN = """all:
  - {intent: track_order}
  - {slot: order_number, known: true}
  - none: [{intent: complaint}]"""
THEN = """- reply: Order {order_number} is on its way.
  options: [Talk to a person]"""
EXAMPLES = """- text: where is my order AB-123456
  expect: order_status"""


class PieceForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """One piece of the draft. What is wrong with it stands at its fields and keeps it from being
    saved; what is wrong elsewhere is in `elsewhere` and does not."""

    section: ClassVar[str]
    names: ClassVar[Mapping[str, str]] = {}  # keys of the file that the form calls otherwise
    elsewhere: tuple[Problem, ...] = ()

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            self._check_name(cleaned)
        if not self.errors:
            self._check(cleaned)
        return cleaned

    def build_piece(self, cleaned: Mapping[str, Any]) -> Document:
        """The piece in the form of the file."""
        return build_piece(self._meta.model(**cleaned))

    def build_draft(self, rulebook: Rulebook, cleaned: Mapping[str, Any]) -> Document:
        """The whole draft with this piece in its place."""
        document = build_document(rulebook)
        pieces = document.setdefault(self.section, {})
        pieces.pop(self.instance.name, None)
        pieces[cleaned["name"]] = self.build_piece(cleaned)
        return document

    def _check_name(self, cleaned: Mapping[str, Any]) -> None:
        model = self._meta.model
        namesakes = model.objects.filter(rulebook=cleaned["rulebook"], name=cleaned["name"])
        if namesakes.exclude(pk=self.instance.pk).exists():
            kind, name = model._meta.verbose_name, cleaned["name"]
            self.add_error("name", f"This rulebook has another {kind} called “{name}”.")

    def _check(self, cleaned: Mapping[str, Any]) -> None:
        draft = self.build_draft(cleaned["rulebook"], cleaned)
        try:
            parse_rulebook(draft, self._build_lines(cleaned["name"], draft))
        except RulebookError as error:
            mine = f"{self.section}.{cleaned['name'][:LABEL]}"
            for problem in error.problems:
                self._sort_in(problem, mine)

    def _build_lines(self, name: str, draft: Document) -> dict[Path, int]:
        """On which line of its field each part of this piece was written."""
        pieces = draft[self.section]
        key = len(pieces) - 1 if isinstance(pieces, list) else name
        return {
            (self.section, key, field, *path): line
            for field, area in self.fields.items()
            if isinstance(area, TextAreaField)
            for path, line in area.lines.items()
        }

    def _sort_in(self, problem: Problem, mine: str) -> None:
        rest = problem.path.removeprefix(mine)
        if rest == problem.path or rest[:1] not in {"", "."}:
            self.elsewhere = (*self.elsewhere, problem)
            return
        key = re.split(r"[.\[]", rest[1:], maxsplit=1)[0]
        field = self.names.get(key, key)
        place = f"Line {problem.line}: " if problem.line else ""
        known = field if field in self.fields else None
        self.add_error(known, build_sentence(f"{place}{problem.message}"))


class EntityForm(PieceForm):
    section = "entities"

    builtin = forms.ChoiceField(
        required=False,
        label="Built in",
        choices=[("", "–"), *((name, name) for name in BUILTINS)],
        widget=UnfoldAdminSelectWidget,
        help_text="Found without a pattern of yours.",
    )

    values = ValuesField(
        help_text="One value a line, its other words after a colon: "
        "<code>kettle: water boiler, boiler</code>. Give one of values, pattern and built in."
    )

    class Meta:
        model = Entity
        fields = ("rulebook", "name", "position", "pattern", "builtin", "values", "example")


class IntentForm(PieceForm):
    section = "intents"
    names: ClassVar[Mapping[str, str]] = {"llm": "sealed"}

    phrases = LinesField(
        rows=6,
        required=True,
        help_text="One a line; any one recognises the intent."
        " <code>where is my (order|parcel)</code> one of ·"
        " <code>track [my|an] order</code> none or one of ·"
        " <code>order * arrived</code> up to four words ·"
        " <code>/\\btrack no\\b/</code> RE2 on the text as written.",
    )
    avoid = LinesField(rows=3, help_text="Phrases of which any one vetoes the intent.")
    examples = LinesField(
        rows=4, code=False, help_text="Messages that must be recognised. Publishing checks them."
    )
    counterexamples = LinesField(
        rows=3, code=False, help_text="Messages that must not be recognised."
    )

    class Meta:
        model = Intent
        fields = (
            "rulebook",
            "name",
            "position",
            "phrases",
            "avoid",
            "sealed",
            "examples",
            "counterexamples",
        )


class RuleForm(PieceForm):
    section = "rules"

    when = YamlField(
        rows=8,
        help_text="The condition, as in the rulebook file: <code>all</code>, <code>any</code> and "
        f"<code>none</code> nest.<pre class='desk-code'>{WHEN}</pre>",
    )
    then = YamlField(
        rows=6,
        help_text="What to do, a list: <code>reply</code>, <code>ask</code>, <code>set</code>, "
        "<code>tag</code>, <code>escalate</code>, <code>handoff</code>, <code>close</code>."
        f"<pre class='desk-code'>{THEN}</pre>",
    )
    examples = YamlField(
        rows=5,
        required=False,
        otherwise=[],
        help_text="Messages and the rule that must answer them. Publishing checks them."
        f"<pre class='desk-code'>{EXAMPLES}</pre>",
    )

    class Meta:
        model = Rule
        fields = ("rulebook", "name", "position", "priority", "when", "then", "examples")

    def build_draft(self, rulebook: Rulebook, cleaned: Mapping[str, Any]) -> Document:
        document = build_document(rulebook)
        others = [rule for rule in document.get("rules", []) if rule["name"] != self.instance.name]
        document["rules"] = [*others, self.build_piece(cleaned)]
        return document
