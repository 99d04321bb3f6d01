"""Releases: from the draft to what every process decides by, and back again."""

from rules.releases.approvals import CannotApprove, approve, ask_for_review, build_hash, find_review
from rules.releases.differences import Change, build_changes, build_diff, get_document
from rules.releases.live import (
    find_live,
    find_pauses,
    find_served,
    forget,
    get_release,
    get_served,
    start_refreshing,
    stop_refreshing,
)
from rules.releases.pauses import find_active, pause, resume
from rules.releases.publishing import (
    HasErrors,
    NotAccepted,
    NotApproved,
    Overtaken,
    PublishRefused,
    check_document,
    check_draft,
    publish,
    rollback,
    withdraw,
)
from rules.releases.served import Live, Pauses, Served

__all__ = [
    "CannotApprove",
    "Change",
    "HasErrors",
    "Live",
    "NotAccepted",
    "NotApproved",
    "Overtaken",
    "Pauses",
    "PublishRefused",
    "Served",
    "approve",
    "ask_for_review",
    "build_changes",
    "build_diff",
    "build_hash",
    "check_document",
    "check_draft",
    "find_active",
    "find_live",
    "find_pauses",
    "find_review",
    "find_served",
    "forget",
    "get_document",
    "get_release",
    "get_served",
    "pause",
    "publish",
    "resume",
    "rollback",
    "start_refreshing",
    "stop_refreshing",
    "withdraw",
]
