"""Which guards a site has switched on."""

from __future__ import annotations

from dataclasses import dataclass


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


DEFAULT_POLICY = GuardPolicy()
