"""A site's guards in words a shop owner understands, and what switching one off risks."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest

from chatbot.conversations.models import Site

SWITCHES = (
    "approved_only",
    "guard_grounding",
    "guard_promises",
    "guard_personal",
    "guard_screening",
    "guard_leaks",
)
LABELS = {
    "approved_only": "Approved texts only",
    "guard_grounding": "Only what the sources say",
    "guard_promises": "No promises",
    "guard_personal": "Keep personal data here",
    "guard_screening": "Turn away tricks",
    "guard_leaks": "Keep instructions secret",
    "judge_enabled": "Let a second model judge principles",
}
HELP = {
    "approved_only": "No model writes anything: visitors get rules' replies, quotes from "
    "the help articles, or a person.",
    "guard_grounding": "A sentence is withheld if its figures, ways to pay, names or "
    "claims stand in no help article, look-up or approved reply. <b>Off, the model may "
    "invent prices and periods, and customers may hold you to them.</b>",
    "guard_promises": "Withholds “we will call you” and “I have refunded it”, unless an "
    "article says so. <b>Off, customers wait for what nobody does.</b>",
    "guard_personal": "Names, addresses and numbers are replaced before a question leaves "
    "for a provider. <b>Off, the provider reads them.</b>",
    "guard_screening": "Messages that try to give the model orders are not put to it. "
    "<b>Off, the other guards alone stand between them and your visitors.</b>",
    "guard_leaks": "What you tell the model stays between you. <b>Off, a visitor may talk "
    "it out of the model.</b>",
    "judge_enabled": "Asks the model about each answer, for the principles that want it. "
    "It costs a second call and a moment, within the site's budget.",
}


def warn(request: HttpRequest, site: Site) -> None:
    """Tells whoever saved a site which guards are off now."""
    off = [LABELS[name] for name in SWITCHES[1:] if not getattr(site, name)]
    if off and not site.approved_only:
        messages.warning(request, f"Switched off, at your own risk: {', '.join(off)}.")
    elif off:
        messages.info(request, f"Switched off, while no model writes: {', '.join(off)}.")
