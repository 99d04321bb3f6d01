"""What every page of the console shows of the rulebook: what is stopped, and how to undo."""

from __future__ import annotations

import re
from typing import Any

from django import template
from django.contrib.auth.models import AnonymousUser
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from rules.console.attempts import write_value
from rules.models import Pause

register = template.Library()

_CODE = re.compile(r"`([^`]+)`")


@register.simple_tag(takes_context=True)
def find_pauses(context: dict[str, Any]) -> list[Pause]:
    """Everything that is stopped now, for staff who may know it."""
    request = context.get("request")
    user = getattr(request, "user", AnonymousUser())
    if not user.is_active or not user.is_staff:
        return []
    rows = Pause.objects.filter(ended_at=None).select_related("paused_by", "rulebook")
    return list(rows.order_by("-pk")[:20])


@register.filter
def find_undo(tags: str | None) -> str:
    """The change that a message offers to undo, by the tag `undo-7`."""
    found = [tag for tag in (tags or "").split() if tag.startswith("undo-")]
    return found[0].removeprefix("undo-") if found else ""


@register.filter
def name_person(person: Any) -> str:
    """Who did something; a command has no account."""
    return (person.get_full_name() or person.get_username()) if person else "the command line"


@register.filter
def show_fact(value: Any) -> str:
    """A fact as it is typed, so that 1, "1" and true look different."""
    if isinstance(value, tuple | list):
        return ", ".join(map(write_value, value))
    return write_value(value)


@register.filter
def mark_code(text: str) -> SafeString:
    """A sentence in which what stands between backticks is code."""
    return mark_safe(_CODE.sub(r"<code>\1</code>", escape(text)))  # noqa: S308 - escaped here
