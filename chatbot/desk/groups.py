"""The three groups of staff and what each may do: editors, agents, administrators."""

from __future__ import annotations

from django.contrib.auth.models import Group, Permission
from django.db.models import Q

EDITORS = "Editors"
AGENTS = "Agents"
ADMINISTRATORS = "Administrators"

_EVERY_VERB = ("view", "add", "change", "delete")
_EDITED = (
    ("rules", ("intent", "entity", "rule", "webhook")),
    ("llm_bridge", ("article", "approvedreply", "modelcase")),
    ("conversations", ("principle",)),
)
_READ_BY_EDITORS = (
    ("rules", ("rulebook", "release")),
    ("llm_bridge", ("knowledgebase", "modelcall", "modelprice", "cachedanswer")),
    ("conversations", ("site", "conversation", "exchange", "event", "feedback")),
)
_READ_BY_AGENTS = (
    ("llm_bridge", ("article", "modelcall")),
    ("conversations", ("conversation", "exchange", "event", "feedback")),
)
_Models = tuple[tuple[str, tuple[str, ...]], ...]


def make_groups(*, using: str = "default") -> None:
    """Makes the groups that are missing; administrators get what a newer version added, the
    others keep what somebody granted or took away by hand."""
    if not Permission.objects.using(using).filter(codename="take_over").exists():
        return  # only some apps were migrated: the next run finds the rest
    _make_group(EDITORS, _build_editing(), using)
    _make_group(AGENTS, _build_answering(), using)
    _make_group(ADMINISTRATORS, Q(), using, keep_full=True)


def _build_editing() -> Q:
    own = _permits(_EDITED, _EVERY_VERB) | _permits(_READ_BY_EDITORS, ("view",))
    own |= _permit("llm_bridge", "view_modelprofile") | _permit("llm_bridge", "change_modelprofile")
    own |= _permit("llm_bridge", "publish_modelrelease")
    return own | _permit("rules", "publish_release") | _permit("rules", "pause")


def _build_answering() -> Q:
    # Agents see first what goes wrong, so they may stop it.
    own = _permit("conversations", "take_over") | _permit("rules", "pause")
    return _permits(_READ_BY_AGENTS, ("view",)) | own


def _make_group(name: str, permits: Q, using: str, *, keep_full: bool = False) -> None:
    group, made = Group.objects.using(using).get_or_create(name=name)
    if made or keep_full:
        group.permissions.add(*Permission.objects.using(using).filter(permits))


def _permits(models: _Models, verbs: tuple[str, ...]) -> Q:
    permits = Q()
    for app, names in models:
        codes = [f"{verb}_{name}" for name in names for verb in verbs]
        permits |= Q(content_type__app_label=app, codename__in=codes)
    return permits


def _permit(app: str, code: str) -> Q:
    return Q(content_type__app_label=app, codename=code)
