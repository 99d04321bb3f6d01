"""The guard that holds a site's own principles, sentence by sentence and at the end."""

from __future__ import annotations

from llm_bridge.guards.notes import Note
from llm_bridge.guards.principles import find_forbidden, find_lacking
from llm_bridge.guards.verdicts import Context, Passed, Verdict, Withheld


def keep_principles(sentence: str, context: Context) -> Verdict:
    """Withheld with the principle's name and what breaks it."""
    found = find_forbidden(sentence, context.policy.principles, language=context.language)
    if (breach := next(found, None)) is None:
        return Passed()
    return Withheld("principle", (breach.principle, breach.found), failure="principle")


def check_whole(text: str, context: Context) -> tuple[Note, ...]:
    """What a whole answer lacks; nothing where there is no answer."""
    if not text:
        return ()
    lacking = find_lacking(text, context.policy.principles, language=context.language)
    return tuple(
        Note("principle_lacking", "refused", text, (breach.principle, breach.found))
        for breach in lacking
    )
