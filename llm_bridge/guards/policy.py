"""Which guards a site has switched on."""

from __future__ import annotations

from dataclasses import dataclass

from llm_bridge.guards.principles import Principle


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardPolicy:
    """All on unless a site says otherwise: what is switched off is a risk somebody took."""

    # Personal data is replaced before a provider sees it, and put back in its answer.
    personal: bool = True
    # Questions that try to give the model orders are not put to it.
    screening: bool = True
    # Our own instructions to the model stay where they are.
    leaks: bool = True
    # Numbers, dates, places, links and products come from the sources or the conversation.
    grounding: bool = True
    # Nothing is promised that nobody will do.
    promises: bool = True
    # The site's own, in the order in which the model is told.
    principles: tuple[Principle, ...] = ()
    # A model is asked whether the answer keeps those that want it; it costs a second call.
    judge: bool = False


DEFAULT_POLICY = GuardPolicy()
# For measuring what guards are worth.
NO_GUARDS = GuardPolicy(
    personal=False, screening=False, leaks=False, grounding=False, promises=False
)
