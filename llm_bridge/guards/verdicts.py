"""What guards are: functions that see a sentence and its context, and what they may decide."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from llm_bridge.guards.links import LinkPolicy, build_link_policy
from llm_bridge.guards.personal.vault import Vault
from llm_bridge.guards.policy import DEFAULT_POLICY, GuardPolicy
from llm_bridge.values import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What guards may know beside the sentence."""

    question: str
    language: str
    sources: tuple[Source, ...]
    links: LinkPolicy
    said: str = ""  # the sentences before it, as they were released
    policy: GuardPolicy = DEFAULT_POLICY
    # What stands for the visitor's data in this answer; None where nothing was replaced.
    vault: Vault | None = None
    instructions: str = ""  # ours to the model: the whole first message


@dataclass(frozen=True, slots=True)
class Passed:
    """The sentence may be shown as it is."""


@dataclass(frozen=True, slots=True)
class Replaced:
    """Another text is shown; the next guards see that one.

    Without a reason it is what the model meant, and nothing was taken from it.
    """

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
    *,
    question: str,
    language: str,
    sources: Sequence[Source],
    policy: GuardPolicy = DEFAULT_POLICY,
    vault: Vault | None = None,
    instructions: str = "",
) -> Context:
    """The context of an answer that rests on these sources."""
    return Context(
        question=question,
        language=language,
        sources=tuple(sources),
        links=build_link_policy(sources),
        policy=policy,
        vault=vault,
        instructions=instructions,
    )


def check_sentence(sentence: str, context: Context, guards: Sequence[Guard]) -> Checked:
    """The sentence after all guards; empty as soon as one withholds it."""
    reasons: list[str] = []
    for guard in guards:
        match guard(sentence, context):
            case Passed():
                continue
            case Replaced(text, reason):
                sentence = text
                reasons += [reason] if reason else []
            case Withheld(reason):
                return Checked("", (*reasons, reason))
    return Checked(sentence, tuple(reasons))
