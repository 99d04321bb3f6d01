"""The forms of entities, intents, webhooks and rules, in words that need no manual."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from rules.console.form_fields import LinesField, TyposField, ValuesField, YamlField
from rules.console.piece_form import PieceForm
from rules.draft import Document, build_document
from rules.models import Entity, Intent, Rule, Rulebook, Webhook

KINDS = {
    "email": "E-mail address",
    "phone": "Phone number",
    "number": "Number",
    "money": "Amount of money",
    "date": "Date",
    "url": "Web address",
}
MOMENT = {"data-editor": "moment", "placeholder": "2026-11-27 or 2026-11-27T08:00"}


class EntityForm(PieceForm):
    section = "entities"

    kind = forms.ChoiceField(
        required=False,
        label="What kind of thing is it?",
        widget=forms.RadioSelect,
        choices=[
            ("values", "A list of things"),
            ("pattern", "A code or number with a pattern"),
            ("builtin", "Something ready-made"),
        ],
    )
    builtin = forms.ChoiceField(
        required=False,
        label="Ready-made",
        choices=[("", "Choose one …"), *KINDS.items()],
        widget=UnfoldAdminSelectWidget,
        help_text="Firstline knows how these are written. You have nothing to describe.",
    )
    values = ValuesField(
        editor="values",
        label="Things and other words",
        help_text="Replies always say the thing's own name. “cafetiere” can become “coffee press”."
        " As text: one thing a line, its other words after a colon,"
        " <code>kettle: water boiler, boiler</code>.",
    )
    pattern = forms.CharField(
        required=False,
        max_length=500,
        widget=UnfoldAdminTextInputWidget(
            attrs={"class": "desk-code", "spellcheck": "false", "autocapitalize": "off"}
        ),
        help_text="How it is written, as a regular expression (RE2):"
        " <code>[A-Z]</code> a capital letter, <code>\\d</code> a digit,"
        " <code>{6}</code> six of them, <code>?</code> may be left out.",
    )
    example = forms.CharField(
        required=False,
        max_length=200,
        widget=UnfoldAdminTextInputWidget,
        label="Example",
        help_text="A message, or a part of one, in which it must be found. Publishing checks it.",
    )

    class Meta:
        model = Entity
        fields = ("rulebook", "name", "position", "pattern", "builtin", "values", "example")
        help_texts: ClassVar = {
            "name": "What rules and replies call it, like <code>order_number</code>."
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        entity = self.instance
        kinds = ("builtin", "pattern", "values")
        self.fields["kind"].initial = next((each for each in kinds if getattr(entity, each)), "")

    def clean(self) -> dict[str, Any]:
        """Only what belongs to the chosen kind counts, whatever else was typed before."""
        kind = self.cleaned_data.get("kind")
        for other, empty in {"values": {}, "pattern": "", "builtin": ""}.items():
            if kind and other != kind:
                self.cleaned_data[other] = empty
        return super().clean()


class IntentForm(PieceForm):
    section = "intents"
    names: ClassVar[Mapping[str, str]] = {"llm": "sealed", "tag": "tags"}

    phrases = LinesField(
        rows=6,
        editor="phrases",
        required=True,
        error_messages={"required": "Write down at least one phrase."},
        help_text="Each phrase on its own is enough. Whole words count, anywhere in the message;"
        " capitals and punctuation do not matter.",
    )
    avoid = LinesField(
        rows=3,
        editor="phrases",
        label="Unless it also says",
        help_text="If the message has one of these, it is something else after all.",
    )
    typos = TyposField(
        rows=3,
        editor="typos",
        label="Forgive typos in",
        help_text="Words that are understood with a wrong letter. Words of four letters or more"
        " forgive one, of eight or more two: <code>refund</code>, <code>delivery: 2</code>.",
    )
    tags = LinesField(
        rows=2,
        editor="chips",
        help_text="Optional. <code>rejection</code> marks what people say when an answer did not"
        " help.",
    )
    examples = LinesField(
        rows=4,
        code=False,
        editor="examples-of",
        label="Messages that must be recognised",
        help_text="Real sentences from your customers. Publishing checks every one.",
    )
    counterexamples = LinesField(
        rows=3,
        code=False,
        editor="examples-of",
        label="Messages that must not be",
        help_text="Sentences that look alike and mean something else.",
    )

    class Meta:
        model = Intent
        fields = (
            "rulebook",
            "name",
            "position",
            "phrases",
            "avoid",
            "typos",
            "tags",
            "sealed",
            "examples",
            "counterexamples",
        )
        labels: ClassVar = {"sealed": "Sealed"}
        help_texts: ClassVar = {
            "name": "What rules call it, like <code>track_order</code>.",
            "sealed": "The model may never answer this. What no rule answers goes to a person:"
            " for money, complaints and whatever must not be improvised.",
        }


class WebhookForm(PieceForm):
    section = "webhooks"

    send = LinesField(
        rows=3,
        editor="facts",
        label="What it is told",
        help_text="What your server needs for the answer, like <code>slot.order_number</code>."
        " Nothing else leaves Firstline.",
    )

    class Meta:
        model = Webhook
        fields = ("rulebook", "name", "position", "url", "send", "timeout", "public", "tool")
        labels: ClassVar = {
            "url": "Address",
            "tool": "The model may look up with it",
            "timeout": "Wait at most (seconds)",
            "public": "Anybody may trigger it",
        }
        help_texts: ClassVar = {
            "name": "What rules call it, like <code>order_lookup</code>.",
            "url": "Your server's address, https://… It answers with JSON; rules then test what"
            " it said.",
            "timeout": "From 0.1 to 10. The visitor waits as long.",
            "public": "Off: only visitors whose identity your website vouches for. On: everybody"
            " who can write in the chat, so it must tell no secrets.",
            "tool": "For an address that changes nothing: say in a few words what it tells, like"
            " “state and carrier of an order”. The model may then ask it by itself. Empty: only"
            " rules ask it.",
        }
        widgets: ClassVar = {"url": UnfoldAdminTextInputWidget(attrs={"inputmode": "url"})}


class RuleForm(PieceForm):
    section = "rules"
    names: ClassVar[Mapping[str, str]] = {
        "valid": "valid_from",
        "valid.from": "valid_from",
        "valid.until": "valid_until",
    }

    when = YamlField(
        rows=8,
        editor="condition",
        error_messages={"required": "Say when the rule applies."},
        help_text="At least one condition has to ask for something to be there."
        " Alt+↑ and Alt+↓ move a condition.",
    )
    then = YamlField(
        rows=6,
        editor="actions",
        error_messages={"required": "Say what happens then."},
        help_text="From top to bottom. Several texts become one answer.",
    )
    examples = YamlField(
        rows=5,
        editor="examples",
        required=False,
        otherwise=[],
        help_text="“While” sets what is known already, as if it had been said before.",
    )
    valid_from = forms.CharField(
        required=False,
        max_length=40,
        label="Valid from",
        widget=UnfoldAdminTextInputWidget(attrs=MOMENT),
        help_text="A day, and a time if it matters, by the site's clock.",
    )
    valid_until = forms.CharField(
        required=False,
        max_length=40,
        label="Valid until",
        widget=UnfoldAdminTextInputWidget(attrs=MOMENT),
        help_text="A day counts to its end.",
    )

    class Meta:
        model = Rule
        fields = ("rulebook", "name", "position", "priority", "when", "then", "examples")
        help_texts: ClassVar = {
            "name": "For your lists and for figures: say what it does.",
            "priority": "If several rules hold, the one with the highest priority answers; among"
            " equals the one with more conditions. 0 is fine for most.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        valid = self.instance.valid if isinstance(self.instance.valid, dict) else {}
        self.fields["valid_from"].initial = valid.get("from", "")
        self.fields["valid_until"].initial = valid.get("until", "")
        self.fields["priority"].required = False

    def clean_priority(self) -> int:
        return self.cleaned_data["priority"] or 0

    def clean(self) -> dict[str, Any]:
        moments = {
            "from": self.cleaned_data.get("valid_from"),
            "until": self.cleaned_data.get("valid_until"),
        }
        self.cleaned_data["valid"] = {key: text for key, text in moments.items() if text}
        self.instance.valid = self.cleaned_data["valid"]
        return super().clean()

    def build_draft(self, rulebook: Rulebook, cleaned: Mapping[str, Any]) -> Document:
        document = build_document(rulebook)
        others = [rule for rule in document.get("rules", []) if rule["name"] != self.stored_name]
        document["rules"] = [*others, self.build_piece(cleaned)]
        return document
