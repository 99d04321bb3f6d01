"""Changes of the draft in words: a title, and what exactly."""

from __future__ import annotations

from collections.abc import Mapping

from rules.models import DraftChange
from rules.releases import build_changes
from rules.releases.sentences import KINDS, build_details

MOST_DETAILS = 40

_SETTINGS: Mapping[str, str] = {"complex": "Too complex for rules", "four_eyes": "Second person"}
_ACTIONS: Mapping[str, str] = {"created": "added", "changed": "changed", "deleted": "deleted"}


def describe_change(change: DraftChange) -> tuple[str, tuple[str, ...]]:
    """A title such as `Intent bye changed`, and a phrase for each difference."""
    if not change.section:
        return _describe_import(change)
    if change.section in _SETTINGS:
        return f"{_SETTINGS[change.section]}: {_say(change.after)}", ()
    kind = KINDS[change.section]
    if change.action != DraftChange.Action.CHANGED:
        return f"{kind} {change.name} {_ACTIONS[change.action]}", ()
    details = build_details(change.section, change.before or {}, change.after or {})
    if change.name_before and change.name_before != change.name:
        details = (f"was called {change.name_before}", *(_without_name(details)))
    return f"{kind} {change.name} changed", details or ("its place in the file",)


def _without_name(details: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(each for each in details if not each.startswith("name changed"))


def _describe_import(change: DraftChange) -> tuple[str, tuple[str, ...]]:
    changes = build_changes(before=change.before or {}, after=change.after or {})
    details = tuple(str(each) for each in changes[:MOST_DETAILS])
    if more := len(changes) - len(details):
        details = (*details, f"and {more} more")
    title = "Whole draft replaced from a file" if change.undoes is None else "Whole draft put back"
    return title, details or ("only the order of its pieces",)


def _say(value: object) -> str:
    if isinstance(value, bool):
        return "has to approve" if value else "need not approve"
    return ", ".join(map(str, value)) if isinstance(value, list) and value else "nothing"
