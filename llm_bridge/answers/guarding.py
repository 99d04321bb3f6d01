"""The guards that a sentence passes before a visitor sees it: small functions, one after another.

A further guard is one more function in GUARDS; nothing else changes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from llm_bridge.guards import LinkPolicy, build_link_policy, guard_links, strip_control
from llm_bridge.values import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What guards may know beside the sentence."""

    question: str
    language: str
    sources: tuple[Source, ...]
    links: LinkPolicy
    said: str = ""  # the sentences before it, as they were released


@dataclass(frozen=True, slots=True)
class Passed:
    """The sentence may be shown as it is."""


@dataclass(frozen=True, slots=True)
class Replaced:
    """Another text is shown; the next guards see that one."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Withheld:
    """Nothing of the sentence is shown."""

    reason: str


Verdict: TypeAlias = Passed | Replaced | Withheld
Guard: TypeAlias = Callable[[str, Context], Verdict]


@dataclass(frozen=True, slots=True)
class Checked:
    """What is left of a sentence, and why it is not what the model wrote."""

    text: str
    reasons: tuple[str, ...] = ()


def build_context(
    *, question: str, language: str, sources: Sequence[Source], said: str = ""
) -> Context:
    """The context of an answer that rests on these sources."""
    return Context(
        question=question,
        language=language,
        sources=tuple(sources),
        links=build_link_policy(sources),
        said=said,
    )


def strip_characters(sentence: str, _: Context) -> Verdict:
    """Control and direction-changing characters go."""
    clean = strip_control(sentence)
    return Passed() if clean == sentence else Replaced(clean, "characters")


def keep_own_links(sentence: str, context: Context) -> Verdict:
    """Links to other places than the sources' become their text."""
    clean = guard_links(sentence, policy=context.links)
    return Passed() if clean == sentence else Replaced(clean, "links")


# In this order: an address may only show once what hides it is gone.
GUARDS: tuple[Guard, ...] = (strip_characters, keep_own_links)


def check_sentence(sentence: str, context: Context, guards: Sequence[Guard] = GUARDS) -> Checked:
    """The sentence after all guards; empty as soon as one withholds it."""
    reasons: list[str] = []
    for guard in guards:
        match guard(sentence, context):
            case Passed():
                continue
            case Replaced(text, reason):
                sentence = text
                reasons.append(reason)
            case Withheld(reason):
                return Checked("", (*reasons, reason))
    return Checked(sentence, tuple(reasons))
