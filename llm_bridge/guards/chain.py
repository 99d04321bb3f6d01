"""The guards that a sentence passes before a visitor sees it, one after another.

A further guard is one more function in GUARDS; nothing else changes.
"""

from __future__ import annotations

from collections.abc import Iterable

from llm_bridge.guards.characters import strip_control
from llm_bridge.guards.grounding.figures import find_figures
from llm_bridge.guards.grounding.ground import build_ground
from llm_bridge.guards.grounding.guard import keep_grounded
from llm_bridge.guards.keeping import keep_principles
from llm_bridge.guards.leaks import withhold_leaks
from llm_bridge.guards.links import LinkPolicy, guard_links
from llm_bridge.guards.promises.guard import keep_promises
from llm_bridge.guards.promises.patterns import get_promises
from llm_bridge.guards.seal import keep_sealed
from llm_bridge.guards.verdicts import Context, Guard, Passed, Replaced, Verdict, Withheld
from llm_bridge.values import Source


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


def prepare(*, sources: Iterable[Source], language: str) -> None:
    """Reads the sources and builds what takes long the first time, off the event loop."""
    get_promises()
    find_figures("1", language)
    build_ground(sources=sources, approved=(), claimed=(), language=language)


# In this order: the others see what the visitor would, an address may only show once what hides it
# is gone, and what is judged by its words is judged as it would be shown.
GUARDS: tuple[Guard, ...] = (
    restore_personal,
    strip_characters,
    withhold_leaks,
    keep_own_links,
    keep_sealed,
    keep_principles,
    keep_promises,
    keep_grounded,
)
