"""How the console looks and what its menu offers to whom: django-unfold's settings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy

_BASE = {
    "50": "oklch(98.4% .003 170)",
    "100": "oklch(96.3% .004 170)",
    "200": "oklch(92% .006 170)",
    "300": "oklch(86.5% .009 170)",
    "400": "oklch(71% .014 172)",
    "500": "oklch(53% .017 175)",
    "600": "oklch(43.5% .017 175)",
    "700": "oklch(36.5% .016 176)",
    "800": "oklch(27.5% .014 178)",
    "900": "oklch(20.5% .012 180)",
    "950": "oklch(14.5% .01 180)",
}
_PRIMARY = {
    "50": "oklch(97.6% .017 170)",
    "100": "oklch(94.5% .034 170)",
    "200": "oklch(89% .06 170)",
    "300": "oklch(82.5% .085 170)",
    "400": "oklch(74% .1 170)",
    "500": "oklch(66% .105 170)",
    "600": "oklch(44.5% .078 172)",
    "700": "oklch(39% .067 172)",
    "800": "oklch(33.5% .056 173)",
    "900": "oklch(28.5% .045 174)",
    "950": "oklch(20% .035 175)",
}


def _may(permission: str) -> Callable[[HttpRequest], bool]:
    return lambda request: request.user.has_perm(permission)


def _item(title: str, icon: str, link: str, permission: str, **more: Any) -> dict[str, Any]:
    return {
        "title": title,
        "icon": icon,
        "link": reverse_lazy(link),
        "permission": _may(permission),
        **more,
    }


_WORK = [
    {"title": "Overview", "icon": "space_dashboard", "link": reverse_lazy("admin:index")},
    _item(
        "Desk",
        "support_agent",
        "desk:inbox",
        "conversations.take_over",
        badge="chatbot.desk.waiting.build_badge",
        badge_variant="warning",
    ),
    _item(
        "Conversations",
        "forum",
        "admin:conversations_conversation_changelist",
        "conversations.view_conversation",
    ),
    _item(
        "Exchanges",
        "fact_check",
        "admin:conversations_exchange_changelist",
        "conversations.view_exchange",
    ),
]
_RULEBOOK = [
    _item("Try it", "science", "rulebook:try", "rules.view_rule"),
    _item("Intents", "lightbulb", "admin:rules_intent_changelist", "rules.view_intent"),
    _item("Entities", "sell", "admin:rules_entity_changelist", "rules.view_entity"),
    _item("Rules", "account_tree", "admin:rules_rule_changelist", "rules.view_rule"),
    _item("Rule suggestions", "tips_and_updates", "suggestions", "rules.view_rule"),
    _item("Webhooks", "sync_alt", "admin:rules_webhook_changelist", "rules.view_webhook"),
    _item("Changes", "difference", "rulebook:changes", "rules.view_release"),
    _item("Releases", "rocket_launch", "admin:rules_release_changelist", "rules.view_release"),
    _item("History", "history", "rulebook:history", "rules.view_rule"),
    _item("Import and export", "swap_vert", "rulebook:files", "rules.view_release"),
    _item("Stop that now", "pan_tool", "rulebook:stops", "rules.pause"),
]
_KNOWLEDGE = [
    _item(
        "Articles", "menu_book", "admin:llm_bridge_article_changelist", "llm_bridge.view_article"
    ),
    _item(
        "Approved replies",
        "verified",
        "admin:llm_bridge_approvedreply_changelist",
        "llm_bridge.view_approvedreply",
    ),
]
_MONEY = [
    _item("Costs", "payments", "costs", "llm_bridge.view_modelcall"),
    _item(
        "Calls",
        "receipt_long",
        "admin:llm_bridge_modelcall_changelist",
        "llm_bridge.view_modelcall",
    ),
    _item(
        "Stored answers",
        "bookmark",
        "admin:llm_bridge_cachedanswer_changelist",
        "llm_bridge.view_cachedanswer",
    ),
    _item("Prices", "sell", "admin:llm_bridge_modelprice_changelist", "llm_bridge.view_modelprice"),
]
_MODEL = [
    _item("Set up", "tune", "models:setup", "llm_bridge.view_modelprofile"),
    _item(
        "Cases",
        "quiz",
        "admin:llm_bridge_modelcase_changelist",
        "llm_bridge.view_modelcase",
    ),
    _item("Try and publish", "labs", "models:changes", "llm_bridge.view_modelprofile"),
    _item("Releases", "rocket_launch", "models:releases", "llm_bridge.view_modelprofile"),
    _item("Canary", "notifications_active", "models:canary", "llm_bridge.view_modelprofile"),
]
_SETTINGS = [
    _item("Sites", "language", "admin:conversations_site_changelist", "conversations.view_site"),
    _item(
        "Principles",
        "policy",
        "admin:conversations_principle_changelist",
        "conversations.view_principle",
    ),
    _item("API keys", "key", "admin:conversations_apikey_changelist", "conversations.view_apikey"),
    _item("Rulebooks", "rule_settings", "admin:rules_rulebook_changelist", "rules.change_rulebook"),
    _item("Users", "person", "admin:auth_user_changelist", "auth.view_user"),
    _item("Groups", "group", "admin:auth_group_changelist", "auth.view_group"),
]

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Firstline",
    "SITE_HEADER": "Firstline",
    "SITE_SUBHEADER": "Rules first, a model second",
    "SITE_SYMBOL": "forum",
    "SITE_URL": None,
    "SITE_FAVICONS": [
        {
            "rel": "icon",
            "type": "image/svg+xml",
            "href": lambda _request: static("desk/icon.svg"),
        }
    ],
    "SHOW_VIEW_ON_SITE": False,
    "BORDER_RADIUS": "8px",
    "COLORS": {"base": _BASE, "primary": _PRIMARY},
    "STYLES": [
        lambda _request: static("desk/transcript.css"),
        lambda _request: static("desk/desk.css"),
        lambda _request: static("console/console.css"),
    ],
    "SCRIPTS": [lambda _request: static("console/console.js")],
    "DASHBOARD_CALLBACK": "chatbot.desk.dashboard.build_dashboard",
    "SIDEBAR": {
        "show_search": False,
        "show_all_applications": False,
        "navigation": [
            {"title": "Work", "items": _WORK},
            {"title": "Rulebook", "items": _RULEBOOK},
            {"title": "Knowledge", "items": _KNOWLEDGE},
            {"title": "Model", "items": [*_MODEL, *_MONEY]},
            {"title": "Settings", "items": _SETTINGS},
        ],
    },
}
