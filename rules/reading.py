"""Reading: a message in its situation becomes all the facts that rules see."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from rules.asking import Asked
from rules.evaluator import Evaluator
from rules.language.builtins import Found, find_builtin, may_hold
from rules.language.facts import (
    LOCAL_CLOCK,
    MAX_FACT_TEXT,
    UTC_CLOCK,
    Fact,
    Scalar,
    is_derived,
)
from rules.rulebook.parts import Entity

Answer = Mapping[str, Fact]  # of one webhook, by the names behind `call.NAME.`

_SPECIAL = ("intent", "entity.", "clock.", "call.")


@dataclass(frozen=True, slots=True)
class Situation:
    """All that a decision depends on besides the rulebook. Slots are facts (`slot.NAME`).

    `answers` holds what webhooks have answered in this turn so far.
    """

    text: str
    facts: Mapping[str, Scalar] = field(default_factory=dict)
    asked: Asked | None = None
    answers: Mapping[str, Answer] = field(default_factory=dict)


@dataclass(slots=True)
class Reading:
    """A message as read in its situation: what was recognised and all facts that follow."""

    said: tuple[str, ...]  # the intents of this message alone
    intents: tuple[str, ...]  # with those of the open question
    entities: Mapping[str, tuple[Scalar, ...]]
    facts: Mapping[str, Fact]


def read(evaluator: Evaluator, situation: Situation) -> Reading:
    """Join what is recognised with what is known: the intents of an open question count again,
    and a found entity fills the slot of its name."""
    rulebook, asked = evaluator.rulebook, situation.asked
    found = evaluator.recognise(situation.text)
    intents, entities = found.intents, found.entities
    if asked is not None and asked.intents:
        again = (name for name in asked.intents if name in rulebook.intents)
        intents = tuple(sorted({*intents, *again}))
    facts = _take_facts(situation.facts)
    if intents:
        facts["intents"] = intents
        if len(intents) == 1:
            facts["intent"] = intents[0]
    for name, values in entities.items():
        _fill(facts, name, values)
    if rulebook.lazies:
        entities = {**entities, **_read_lazies(evaluator, situation, facts)}
    return Reading(said=found.intents, intents=intents, entities=entities, facts=facts)


def build_answer_facts(webhook: str, answer: Answer) -> dict[str, Fact]:
    """A webhook's answer under the full names that rules use."""
    return {f"call.{webhook}.{name}": value for name, value in answer.items()}


def _fill(facts: dict[str, Fact], name: str, values: tuple[Scalar, ...]) -> None:
    value = values[0]
    facts[f"entity.{name}"] = values
    facts[f"slot.{name}"] = value[:MAX_FACT_TEXT] if isinstance(value, str) else value


def _take_facts(given: Mapping[str, Scalar]) -> dict[str, Fact]:
    """What is given, without what only the message may say, and with what follows from it."""
    facts: dict[str, Fact] = dict(given)
    names = " " + " ".join(facts)  # looking at each takes longer, and mostly none is special
    if " intent" in names or " entity." in names or " clock." in names or " call." in names:
        _read_special(facts)
    if isinstance(now := facts.get("now"), str):
        facts.update(_read_clocks(now))
    return facts


def _read_special(facts: dict[str, Fact]) -> None:
    for name in [name for name in facts if name.startswith(_SPECIAL)]:
        if is_derived(name):
            del facts[name]
        elif name.startswith("call."):
            # Facts of an answer are an answer.
            facts.setdefault(f"call.{name.split('.')[1]}.ok", True)


@lru_cache(64)
def _read_clocks(value: str) -> Mapping[str, float]:
    """What `now` says as seconds; messages of one second say the same."""
    if (now := parse_now(value)) is None:
        return {}
    seconds = now.timestamp()
    offset = now.utcoffset() or timedelta()
    return {UTC_CLOCK: seconds, LOCAL_CLOCK: seconds + offset.total_seconds()}


def parse_now(value: Fact | None) -> datetime | None:
    """The fact `now` with its offset (UTC if it names none); None if it cannot be read."""
    if not isinstance(value, str):
        return None
    try:
        now = datetime.fromisoformat(value)
    except ValueError:
        return None
    return now if now.tzinfo else now.replace(tzinfo=UTC)


def _read_lazies(
    evaluator: Evaluator, situation: Situation, facts: dict[str, Fact]
) -> dict[str, tuple[Scalar, ...]]:
    """Look for the built-in entities that are wanted, and add what is found to the facts."""
    read_values: dict[str, tuple[Scalar, ...]] = {}
    for entity, found in list(_find_lazies(evaluator, situation, facts)):
        read_values[entity.name] = values = tuple(dict.fromkeys(each.value for each in found))
        _fill(facts, entity.name, values)
        if entity.builtin == "money":
            amounts = (each.amount for each in found if each.amount is not None)
            facts[f"entity.{entity.name}.amount"] = tuple(dict.fromkeys(amounts))
            currencies = (each.currency for each in found if each.currency is not None)
            facts[f"entity.{entity.name}.currency"] = tuple(dict.fromkeys(currencies))
    return read_values


def _find_lazies(
    evaluator: Evaluator, situation: Situation, facts: Mapping[str, Fact]
) -> Iterator[tuple[Entity, tuple[Found, ...]]]:
    """The cheap test first, then whether anybody wants to know, then the library."""
    text, asked = situation.text, situation.asked
    possible = [
        (entity, entity.builtin)
        for entity in evaluator.rulebook.lazies
        if entity.builtin is not None and may_hold(entity.builtin, text)
    ]
    wanted = evaluator.find_wanted(facts) if possible else frozenset()
    now = parse_now(facts.get("now"))
    for entity, builtin in possible:
        if entity.name in wanted or (asked is not None and asked.slot == entity.name):
            today = now.date() if now else None
            found = find_builtin(builtin, text, language=find_language(facts), today=today)
            if found:
                yield entity, found


def find_language(facts: Mapping[str, Fact]) -> str:
    """The language of the conversation, with its territory where it is known: `en-GB`."""
    language = facts.get("language")
    return language if isinstance(language, str) and language else "en"
