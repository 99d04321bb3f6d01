"""The facts of a turn: all that rules may know beside the text, flat and by full name."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from chatbot.conversations.hours import find_hours
from chatbot.conversations.messages import Scalar
from chatbot.conversations.sites import find_notice
from chatbot.conversations.snapshots import Snapshot
from chatbot.conversations.state import State
from rules.decision import Situation


def build_situation(*, snapshot: Snapshot, state: State, text: str, now: datetime) -> Situation:
    """What the decision depends on besides the release; stored with the exchange as it is."""
    return Situation(
        text=text,
        facts=build_facts(snapshot=snapshot, state=state, now=now),
        asked=state.asked,
    )


def build_facts(*, snapshot: Snapshot, state: State, now: datetime) -> dict[str, Scalar]:
    site, conversation = snapshot.site, snapshot.conversation
    facts: dict[str, Scalar] = {
        "site": site.key,
        "language": conversation.language or site.language,
        "hours": find_hours(week=site.hours, timezone=site.timezone, now=now),
        "now": _tell_time(site.timezone, now.replace(microsecond=0)),
        "turn": state.turn,
        "repeat": state.repeat,
        "agents_online": snapshot.agents_online,
        "last_rejected": state.is_rejected,
    }
    if notice := find_notice(site=site, now=now):
        facts["notice"] = notice
    facts |= state.last
    for name, value in state.slots.items():
        facts[f"slot.{name}"] = value
    for name, value in conversation.claimed.items():
        facts[f"visitor.claimed.{name}"] = value
    for name, value in conversation.verified.items():
        facts[f"visitor.{name}"] = value  # only a signature or an API key vouches for these
    return facts


@lru_cache(maxsize=64)
def _tell_time(timezone: str, second: datetime) -> str:
    """The site's own time: the same for everybody who asks within the second."""
    return second.astimezone(ZoneInfo(timezone)).isoformat()
