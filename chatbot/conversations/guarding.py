"""Which guards a site's answers pass, as its settings and principles say now."""

from __future__ import annotations

from chatbot.conversations.models import Site
from llm_bridge.guards.policy import GuardPolicy


def build_guard_policy(site: Site) -> GuardPolicy:
    """Read for each question, so that a change holds at once."""
    principles = site.principles.filter(is_enabled=True)
    return GuardPolicy(
        personal=site.guard_personal,
        screening=site.guard_screening,
        leaks=site.guard_leaks,
        grounding=site.guard_grounding,
        promises=site.guard_promises,
        principles=tuple(principle.build_value() for principle in principles),
        judge=site.judge_enabled,
    )
