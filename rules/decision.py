"""The decision: one message and what is known about it in, what to do about it out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

from rules.asking import Asked, find_open_question, parse_asked
from rules.evaluator import Evaluator
from rules.language.facts import MAX_FACT_TEXT, Fact, Scalar, is_derived
from rules.language.text import MAX_MESSAGE
from rules.recognition import Recognition
from rules.replies import Rendering
from rules.rulebook.parts import (
    Ask,
    Close,
    Escalate,
    Handoff,
    Reply,
    Rule,
    Rulebook,
    SetSlot,
    Tag,
)

__all__ = [
    "SEMANTICS",
    "Asked",
    "Decision",
    "Reason",
    "Scalar",
    "Situation",
    "build_facts",
    "decide",
    "decision_line",
    "parse_asked",
]

SEMANTICS = 1  # counts up whenever the same rulebook and situation may be decided otherwise
PERSON = "default"  # the queue of whoever is there


class Reason(StrEnum):
    """Why it was decided so; these codes are stored and never change."""

    MATCHED = "matched"
    NO_MATCH = "no_match"
    ESCALATED = "escalated"
    TOO_LONG = "too_long"
    ASKING_AGAIN = "asking_again"
    ASKS_SPENT = "asks_spent"
    NO_RELEASE = "no_release"  # stored where nothing was live to decide by


@dataclass(frozen=True, slots=True)
class Situation:
    """All that a decision depends on besides the rulebook. Slots are facts (`slot.NAME`)."""

    text: str
    facts: Mapping[str, Scalar] = field(default_factory=dict)
    asked: Asked | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do, and the state that the next message begins with (`slots`, `asked`)."""

    route: Literal["rule", "escalate"]
    reason: Reason
    rule: str | None = None
    intents: tuple[str, ...] = ()
    entities: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    reply: str | None = None
    options: tuple[str, ...] = ()
    slots: Mapping[str, Scalar] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    asked: Asked | None = None
    handoff: str | None = None
    instruction: str | None = None
    close: bool = False
    sealed: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """A message as read in its situation: what was recognised and all facts that follow."""

    intents: tuple[str, ...]
    entities: Mapping[str, tuple[str, ...]]
    facts: Mapping[str, Fact]


def decide(evaluator: Evaluator, situation: Situation) -> Decision:
    """Decide one message. Pure: the same situation and rulebook give the same decision."""
    if len(situation.text) > MAX_MESSAGE:
        return Decision(
            route="escalate",
            reason=Reason.TOO_LONG,
            slots=_find_slots(situation.facts),
            asked=situation.asked,
        )
    rulebook = evaluator.rulebook
    reading = read(evaluator.recognise(situation.text), situation, rulebook)
    winner = evaluator.find_winner(reading.facts)
    question = find_open_question(situation.asked, winner, rulebook.rules, reading.facts)
    if question is not None and situation.asked is not None:
        return _ask_again(question, situation.asked, reading, rulebook)
    if winner is None:
        return _build(reading, rulebook, route="escalate", reason=Reason.NO_MATCH)
    return _act(winner, reading, rulebook)


def read(recognition: Recognition, situation: Situation, rulebook: Rulebook) -> Reading:
    """Join what was recognised with what is known: the intents of an open question count again,
    and a found entity fills the slot of its name."""
    asked = situation.asked.intents if situation.asked else ()
    again = (name for name in asked if name in rulebook.intents)
    intents = tuple(sorted({*recognition.intents, *again}))
    facts: dict[str, Fact] = {
        name: value for name, value in situation.facts.items() if not is_derived(name)
    }
    if intents:
        facts["intents"] = intents
    if len(intents) == 1:
        facts["intent"] = intents[0]
    for name, values in recognition.entities.items():
        facts[f"entity.{name}"] = values
        facts[f"slot.{name}"] = values[0][:MAX_FACT_TEXT]
    return Reading(intents=intents, entities=recognition.entities, facts=facts)


def _ask_again(question: Ask, asked: Asked, reading: Reading, rulebook: Rulebook) -> Decision:
    """The prompt once more, or a person once it was repeated often enough."""
    if asked.tries > question.retries:
        return _build(reading, rulebook, rule=asked.rule, reason=Reason.ASKS_SPENT, handoff=PERSON)
    rendering = Rendering.start(reading.facts)
    return _build(
        reading,
        rulebook,
        rule=asked.rule,
        reason=Reason.ASKING_AGAIN,
        reply=rendering.render(question.prompt),
        asked=Asked(
            slot=asked.slot, rule=asked.rule, tries=asked.tries + 1, intents=reading.intents
        ),
    )


def _act(rule: Rule, reading: Reading, rulebook: Rulebook) -> Decision:
    """Carry out the winner's actions, each seeing the slots that those before it set."""
    rendering = Rendering.start(reading.facts)
    replies: list[str] = []
    results: dict[str, Any] = {"route": "rule", "reason": Reason.MATCHED}
    options: list[str] = []
    tags: list[str] = []
    for action in rule.then:
        match action:
            case Reply():
                replies.append(rendering.render(action.text))
                options += action.options
            case Ask():
                replies.append(rendering.render(action.prompt))
                results["asked"] = Asked(
                    slot=action.slot, rule=rule.name, tries=1, intents=reading.intents
                )
            case SetSlot():
                rendering.set_slot(action)
            case Tag():
                tags += action.names
            case Escalate():
                results |= {"route": "escalate", "reason": Reason.ESCALATED}
                results["instruction"] = action.instruction
            case Handoff():
                results["handoff"] = action.queue
            case Close():
                results["close"] = True
    return _build(
        reading,
        rulebook,
        **results,
        rule=rule.name,
        reply="\n\n".join(replies) if replies else None,
        options=tuple(dict.fromkeys(options)),
        tags=tuple(dict.fromkeys(tags)),
        slots=_find_slots(rendering.facts),
    )


def _build(reading: Reading, rulebook: Rulebook, **results: Any) -> Decision:
    """A decision with what the reading says in any case."""
    sealed = any(rulebook.intents[name].sealed for name in reading.intents)
    defaults = {"route": "rule", "slots": _find_slots(reading.facts)}
    return Decision(
        intents=reading.intents,
        entities=reading.entities,
        sealed=sealed,
        **{**defaults, **results},
    )


def _find_slots(facts: Mapping[str, Fact]) -> dict[str, Scalar]:
    return {
        name.removeprefix("slot."): value
        for name, value in facts.items()
        if name.startswith("slot.") and not isinstance(value, tuple)
    }


def build_facts(evaluator: Evaluator, situation: Situation) -> Mapping[str, Fact]:
    """All facts of a situation as rules see them."""
    return read(evaluator.recognise(situation.text), situation, evaluator.rulebook).facts


def decision_line(decision: Decision, text: str) -> dict[str, Any]:
    """The JSON object that `manage.py decide` prints for a message."""
    return {
        "text": text,
        "route": decision.route,
        "rule": decision.rule,
        "reason": decision.reason.value,
        "intents": list(decision.intents),
        "reply": decision.reply,
        "entities": {name: list(values) for name, values in decision.entities.items()},
    }
