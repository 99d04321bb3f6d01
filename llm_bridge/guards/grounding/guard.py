"""The guard that lets a sentence pass only if its sources or the conversation say it."""

from __future__ import annotations

from llm_bridge.guards.grounding.agreeing import find_unsupported_agreement
from llm_bridge.guards.grounding.support import find_unsupported
from llm_bridge.guards.verdicts import Context, Passed, Verdict, Withheld


def keep_grounded(sentence: str, context: Context) -> Verdict:
    """Withheld with what has no ground: figures, payments, places, policies, names, claims."""
    if not context.policy.grounding or not sentence.strip():
        return Passed()
    ground, language = context.ground, context.language
    found = find_unsupported(sentence, ground, language=language) or find_unsupported_agreement(
        sentence, question=context.question, ground=ground, language=language
    )
    if found is None:
        return Passed()
    return Withheld(found.reason, found.found, failure="ungrounded")
