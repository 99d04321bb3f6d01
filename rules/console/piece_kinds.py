"""One page for each kind of piece: what its list shows and how its form is laid out."""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html, format_html_join
from unfold.decorators import display

from rules.console.forms import KINDS, EntityForm, IntentForm, RuleForm, WebhookForm
from rules.console.pieces import PieceAdmin
from rules.console.sentences import describe_then, describe_when
from rules.models import Entity, Intent, Rule, Webhook

_PLACE = (
    "Place in the file",
    {"fields": ("rulebook", "position"), "classes": ("collapse", "editor-place")},
)


class EntityAdmin(PieceAdmin):
    form = EntityForm
    list_display = ("name", "kind", "found_by", "example", "checked")
    fieldsets = (
        (
            None,
            {"fields": ("name", "kind", "values", "pattern", "builtin", "example")},
        ),
        _PLACE,
    )
    teaching = {
        "icon": "sell",
        "title": "No entities yet",
        "text": "An entity is something to find in a message: an order number, one of your"
        " products, an e-mail address. Rules can then test for it, and replies can repeat it.",
    }

    @display(description="kind")
    def kind(self, entity: Entity) -> str:
        if entity.builtin:
            return "Ready-made"
        return "Pattern" if entity.pattern else "List of things"

    @display(description="what it finds")
    def found_by(self, entity: Entity) -> str:
        if entity.builtin:
            return KINDS.get(entity.builtin, entity.builtin)
        if entity.pattern:
            return format_html("<code class='desk-code'>{}</code>", entity.pattern)
        return _shorten(list(entity.values), most=6)


class IntentAdmin(PieceAdmin):
    form = IntentForm
    list_display = ("name", "first_phrases", "proof", "seal", "checked")
    list_filter = ("rulebook", "sealed")
    fieldsets = (
        (None, {"fields": ("name",)}),
        (
            "How people say it",
            {
                "fields": ("phrases", "avoid", "typos"),
                "description": "Write down how your customers ask for this. One phrase is enough"
                " to recognise it.",
            },
        ),
        (
            "Examples",
            {
                "fields": ("examples", "counterexamples"),
                "description": "Whole messages that show it works. They are tried while you type,"
                " and nothing is published that breaks one.",
            },
        ),
        ("Care", {"fields": ("sealed", "tags")}),
        _PLACE,
    )
    teaching = {
        "icon": "lightbulb",
        "title": "No intents yet",
        "text": "An intent is something a visitor may want: to track an order, to cancel it, to"
        " say hello. You write down a few phrases, and Firstline recognises it in messages.",
    }

    @display(description="phrases")
    def first_phrases(self, intent: Intent) -> str:
        return _shorten(intent.phrases, most=3, joint=" · ")

    @display(description="examples")
    def proof(self, intent: Intent) -> str:
        return str(len(intent.examples) + len(intent.counterexamples) or "none yet")

    @display(description="model", label={"sealed": "warning"})
    def seal(self, intent: Intent) -> tuple[str, str]:
        return ("sealed", "Sealed") if intent.sealed else ("", "May answer")


class WebhookAdmin(PieceAdmin):
    form = WebhookForm
    list_display = ("name", "url", "told", "timeout", "public", "checked")
    fieldsets = (
        (
            None,
            {
                "fields": ("name", "url", "send", "timeout", "public", "tool"),
                "description": "A webhook asks your own server something while a visitor waits,"
                " like where an order is. Every call is signed: your server compares the"
                " signature with the site's secret and knows that it was Firstline.",
            },
        ),
        _PLACE,
    )
    teaching = {
        "icon": "sync_alt",
        "title": "No webhooks yet",
        "text": "A webhook looks something up on your own server, like the state of an order."
        " Rules can then answer with it. Most rulebooks begin without one.",
    }

    @display(description="is told")
    def told(self, webhook: Webhook) -> str:
        return ", ".join(webhook.send) or "nothing but the question itself"


class RuleAdmin(PieceAdmin):
    form = RuleForm
    list_display = ("name", "needs", "does", "priority", "validity", "checked")
    fieldsets = (
        (None, {"fields": ("name",)}),
        ("When", {"fields": ("when",)}),
        ("Then", {"fields": ("then",)}),
        (
            "Examples",
            {
                "fields": ("examples",),
                "description": "Messages and who must answer them. They are tried while you type,"
                " and nothing is published that breaks one.",
            },
        ),
        ("Rank and time", {"fields": ("priority", ("valid_from", "valid_until"))}),
        _PLACE,
    )
    teaching = {
        "icon": "account_tree",
        "title": "No rules yet",
        "text": "A rule says: when this holds, do that. “When the visitor wants to track an order"
        " and we know its number, say where it is.” Begin with an intent, then answer it here.",
    }

    @display(description="when")
    def needs(self, rule: Rule) -> str:
        return format_html("<span class='editor-cell'>{}</span>", describe_when(rule.when))

    @display(description="then")
    def does(self, rule: Rule) -> str:
        actions = format_html_join(
            "",
            "<span class='editor-cell editor-does'><span class='material-symbols-outlined'"
            " aria-hidden='true'>{}</span><span>{}</span></span>",
            describe_then(rule.then),
        )
        return format_html("<div>{}</div>", actions)

    @display(description="valid")
    def validity(self, rule: Rule) -> str:
        start, until = (rule.valid.get(key, "") for key in ("from", "until"))
        return (
            " ".join(filter(None, (start and f"from {start}", until and f"until {until}"))) or "–"
        )


def _shorten(items: list[Any], *, most: int, joint: str = ", ") -> str:
    return joint.join(map(str, items[:most])) + (" …" if len(items) > most else "")
