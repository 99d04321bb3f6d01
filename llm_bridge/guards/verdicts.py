"""What guards are: functions that see a sentence and its context, and what they may decide."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from llm_bridge.guards.grounding.ground import Ground, build_ground
from llm_bridge.guards.links import LinkPolicy, build_link_policy
from llm_bridge.guards.notes import Note
from llm_bridge.guards.personal.vault import Vault
from llm_bridge.guards.policy import DEFAULT_POLICY, GuardPolicy
from llm_bridge.values import Source

# Whether a text touches what the model may never answer: what it touches, or nothing.
Seal: TypeAlias = Callable[[str], str | None]


@dataclass(frozen=True, kw_only=True)
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
    approved: tuple[str, ...] = ()  # said before by rules or people, who may promise anything
    claimed: tuple[str, ...] = ()  # said by the visitor, which proves little
    site_name: str = ""
    seal: Seal | None = None

    @cached_property
    def ground(self) -> Ground:
        """What the answer may rest on."""
        return build_ground(
            sources=self.sources,
            approved=self.approved,
            claimed=self.claimed,
            language=self.language,
            site_name=self.site_name,
        )


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
    """Nothing of the sentence is shown.

    With a `failure` the answer may not do without it: the model is asked once more, and if that
    helps nothing the answer fails for this reason (a FailureReason's code).
    """

    reason: str
    found: tuple[str, ...] = ()
    failure: str = ""


Verdict: TypeAlias = Passed | Replaced | Withheld
Guard: TypeAlias = Callable[[str, Context], Verdict]


@dataclass(frozen=True, slots=True)
class Checked:
    """What is left of a sentence, and why it is not what the model wrote."""

    text: str
    reasons: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    failure: str = ""


def build_context(
    *,
    question: str,
    language: str,
    sources: Sequence[Source],
    policy: GuardPolicy = DEFAULT_POLICY,
    vault: Vault | None = None,
    instructions: str = "",
    approved: Sequence[str] = (),
    claimed: Sequence[str] = (),
    site_name: str = "",
    seal: Seal | None = None,
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
        approved=tuple(approved),
        claimed=(*claimed, question),
        site_name=site_name,
        seal=seal,
    )


def check_sentence(sentence: str, context: Context, guards: Sequence[Guard]) -> Checked:
    """The sentence after all guards; empty as soon as one withholds it."""
    written, notes = sentence.strip(), list[Note]()
    for guard in guards:
        match guard(sentence, context):
            case Passed():
                continue
            case Replaced(text, reason):
                sentence = text
                if reason:  # without one nothing was changed, only put back
                    notes.append(Note(reason, "replaced", written))
            case Withheld(reason, found, failure):
                outcome = "refused" if failure else "withheld"
                notes.append(Note(reason, outcome, written, found))
                return Checked("", tuple(each.reason for each in notes), tuple(notes), failure)
    return Checked(sentence, tuple(each.reason for each in notes), tuple(notes))
