"""The guards that a sentence passes before a visitor sees it, one after another.

A further guard is one more function in GUARDS; nothing else changes.
"""

from __future__ import annotations

from llm_bridge.guards.characters import strip_control
from llm_bridge.guards.leaks import withhold_leaks
from llm_bridge.guards.links import LinkPolicy, guard_links
from llm_bridge.guards.verdicts import Context, Guard, Passed, Replaced, Verdict, Withheld


def guard_answer(text: str, *, links: LinkPolicy) -> str:
    """The text as a visitor may see it; guarding twice changes nothing."""
    return guard_links(strip_control(text), policy=links)


def strip_characters(sentence: str, _: Context) -> Verdict:
    """Control and direction-changing characters go."""
    clean = strip_control(sentence)
    return Passed() if clean == sentence else Replaced(clean, "characters")


def keep_own_links(sentence: str, context: Context) -> Verdict:
    """Links to other places than the sources' become their text."""
    clean = guard_links(sentence, policy=context.links)
    return Passed() if clean == sentence else Replaced(clean, "links")


def restore_personal(sentence: str, context: Context) -> Verdict:
    """What stands for the visitor's data becomes it again; invented placeholders are not shown."""
    if context.vault is None:
        return Passed()
    text = context.vault.restore(sentence)
    if text is None:
        return Withheld("placeholder")
    return Passed() if text == sentence else Replaced(text, "")


# In this order: the others see what the visitor would, and an address may only show once what
# hides it is gone.
GUARDS: tuple[Guard, ...] = (
    restore_personal,
    strip_characters,
    withhold_leaks,
    keep_own_links,
)
